"""New chat from here: a conversation of one's own that begins with a branch of another."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from chat import transfer
from chat.forms import BranchForm, first_error
from chat.models import Message
from chat.views.access import logged_in
from chat.views.answers import UserRequest, to_page
from chat.views.own import own_conversation
from chat.views.refusals import refuse


@require_POST
@logged_in
def fork(request: UserRequest, conversation_id: int) -> HttpResponse:
    found = own_conversation(request, conversation_id)
    form = BranchForm(request.POST)
    if not form.is_valid():
        return refuse(request, first_error(form), found, status=422)
    try:
        begun = transfer.fork(found, form.cleaned_data["leaf"])
    except Message.DoesNotExist as error:
        raise Http404(str(error)) from error
    return to_page(request, begun.get_absolute_url())
