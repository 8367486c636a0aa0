"""Where everything of Parley's own is found."""

from django.urls import path

from chat.views import conversations, home, messages, prompts, replies, settings, setup, usage

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("setup/<slug:token>/", setup.setup, name="setup"),
    path("conversations/", conversations.conversations, name="conversations"),
    path("conversations/<int:conversation_id>/", conversations.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/rename/", conversations.rename, name="conversation-rename"),
    path("conversations/<int:conversation_id>/delete/", conversations.delete, name="conversation-delete"),
    path("conversations/<int:conversation_id>/restore/", conversations.restore, name="conversation-restore"),
    path("conversations/<int:conversation_id>/leaf/", conversations.leaf, name="conversation-leaf"),
    path("conversations/<int:conversation_id>/messages/", messages.messages, name="messages"),
    path(
        "conversations/<int:conversation_id>/settings/",
        settings.conversation_settings,
        name="conversation-settings",
    ),
    path("defaults/", settings.defaults, name="defaults"),
    path("prompts/", prompts.prompts, name="prompts"),
    path("prompts/<int:prompt_id>/", prompts.prompt, name="prompt"),
    path("prompts/<int:prompt_id>/text/", prompts.prompt_text, name="prompt-text"),
    path("prompts/<int:prompt_id>/delete/", prompts.delete, name="prompt-delete"),
    path("messages/<int:message_id>/edits/", messages.edits, name="message-edits"),
    path("messages/<int:message_id>/replies/", messages.message_replies, name="message-replies"),
    path("replies/<int:reply_id>/events/", replies.reply_events, name="reply-events"),
    path("replies/<int:reply_id>/stop/", replies.stop, name="reply-stop"),
    path("replies/<int:reply_id>/continue/", replies.resume, name="reply-continue"),
    path("usage/", usage.mine, name="usage"),
    path("usage/all/", usage.everyone, name="usage-all"),
    path("usage/all.csv", usage.everyone_csv, name="usage-csv"),
]
