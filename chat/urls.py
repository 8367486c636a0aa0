"""Where everything of Parley's own is found."""

from django.urls import path

from chat.views import (
    conversations,
    folders,
    fork,
    home,
    keeping,
    messages,
    replies,
    request,
    setup,
    shared,
    shares,
    title,
    usage,
)

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
    path("conversations/<int:conversation_id>/pin/", keeping.pin, name="conversation-pin"),
    path("conversations/<int:conversation_id>/archive/", keeping.archive, name="conversation-archive"),
    path("conversations/<int:conversation_id>/folder/", keeping.move, name="conversation-folder"),
    path("conversations/<int:conversation_id>/read/", keeping.read, name="conversation-read"),
    path("conversations/<int:conversation_id>/menu/", keeping.menu, name="conversation-menu"),
    path("folders/", folders.folders, name="folders"),
    path("folders/<int:folder_id>/rename/", folders.rename, name="folder-rename"),
    path("folders/<int:folder_id>/delete/", folders.delete, name="folder-delete"),
    path("conversations/<int:conversation_id>/messages/", messages.messages, name="messages"),
    path("conversations/<int:conversation_id>/fork/", fork.fork, name="conversation-fork"),
    path(
        "conversations/<int:conversation_id>/shares/", shares.conversation_shares, name="conversation-shares"
    ),
    path("messages/<int:message_id>/edits/", messages.edits, name="message-edits"),
    path("conversations/<int:conversation_id>/title/", title.title, name="conversation-title"),
    path(
        "conversations/<int:conversation_id>/request/",
        request.conversation_request,
        name="conversation-request",
    ),
    path("messages/<int:message_id>/request/", request.message_request, name="message-request"),
    path("messages/<int:message_id>/replies/", messages.message_replies, name="message-replies"),
    path("replies/<int:reply_id>/events/", replies.reply_events, name="reply-events"),
    path("replies/<int:reply_id>/stop/", replies.stop, name="reply-stop"),
    path("replies/<int:reply_id>/continue/", replies.resume, name="reply-continue"),
    path("shared/<slug:token>/", shared.shared, name="shared"),
    path("shared/<slug:token>/copy/", shared.shared_copy, name="shared-copy"),
    path("shares/", shares.shares, name="shares"),
    path("shares/<int:share_id>/update/", shares.share_update, name="share-update"),
    path("shares/<int:share_id>/end/", shares.share_end, name="share-end"),
    path("usage/", usage.mine, name="usage"),
    path("usage/all/", usage.everyone, name="usage-all"),
    path("usage/all.csv", usage.everyone_csv, name="usage-csv"),
]
