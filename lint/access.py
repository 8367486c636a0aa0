# ruleid: own-rows-only
found = Conversation.objects.filter(pk=number).first()
# ruleid: own-rows-only
found = get_object_or_404(Message.objects.select_related("conversation"), pk=number)
# ruleid: own-rows-only
found = get_object_or_404(Conversation, pk=number)
# ruleid: own-rows-only
found = Reply.objects.get(pk=number)
# ruleid: own-rows-only
found = Job.objects.filter(pk=number)
# ok: own-rows-only
found = get_object_or_404(Message.objects.visible_to(request.user).select_related("conversation"), pk=number)
# ok: own-rows-only
found = get_object_or_404(Share.objects.open(), token=token)
# ok: own-rows-only
found = Job.objects.filter(owner=request.user, kind=kind)


class Meta:
    # ruleid: role-from-form
    fields = ["username", "is_staff"]


class Modest:
    # ok: role-from-form
    fields = ["username", "email"]


# ruleid: role-from-form
user.is_staff = form.cleaned_data["role"] == "staff"
# ok: role-from-form
user.is_staff = self.role != InvitedAs.MEMBER
