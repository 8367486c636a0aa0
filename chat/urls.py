"""Where everything of Parley's own is found."""

from django.urls import path

from chat.views import conversations, exports, home, imports, messages, replies, setup, usage

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("setup/<slug:token>/", setup.setup, name="setup"),
    path("conversations/", conversations.conversations, name="conversations"),
    path("conversations/<int:conversation_id>/", conversations.conversation, name="conversation"),
    path("conversations/export.json", exports.all_as_json, name="export-all"),
    path("conversations/<int:conversation_id>/export.json", exports.as_json, name="conversation-export-json"),
    path("conversations/<int:conversation_id>/export.md", exports.as_markdown, name="conversation-export-md"),
    path("conversations/<int:conversation_id>/export.html", exports.as_page, name="conversation-export-html"),
    path("imports/", imports.imports, name="imports"),
    path("conversations/<int:conversation_id>/rename/", conversations.rename, name="conversation-rename"),
    path("conversations/<int:conversation_id>/delete/", conversations.delete, name="conversation-delete"),
    path("conversations/<int:conversation_id>/restore/", conversations.restore, name="conversation-restore"),
    path("conversations/<int:conversation_id>/messages/", messages.messages, name="messages"),
    path("messages/<int:message_id>/replies/", messages.message_replies, name="message-replies"),
    path("replies/<int:reply_id>/events/", replies.reply_events, name="reply-events"),
    path("replies/<int:reply_id>/stop/", replies.stop, name="reply-stop"),
    path("replies/<int:reply_id>/continue/", replies.resume, name="reply-continue"),
    path("usage/", usage.mine, name="usage"),
    path("usage/all/", usage.everyone, name="usage-all"),
    path("usage/all.csv", usage.everyone_csv, name="usage-csv"),
]
