import re


def follow(request):
    # ruleid: redirect-to-input
    return redirect(request.GET["next"])


def back(request):
    to = request.headers.get("Referer", "/")
    # ruleid: redirect-to-input
    return SeeOther(to)


def named(request):
    # ok: redirect-to-input
    return SeeOther(reverse("shares"))


def placed(request, found):
    at = request.GET["at"]
    # ok: redirect-to-input
    return to_page(request, f"{found.get_absolute_url()}?at={at}")


def find(request, text):
    # ruleid: input-in-pattern
    return re.search(request.GET["q"], text)


def words(request, text):
    # ok: input-in-pattern
    return re.split(r"\s+", request.GET["q"])


# ruleid: without-csrf
@csrf_exempt
def receive(request):
    pass


# ok: without-csrf
@require_POST
def receive_one(request):
    pass


@require_safe
@logged_in
def look(request, number):
    found = own_conversation(request, number)
    # ruleid: get-that-writes
    found.save()
    # ruleid: get-that-writes
    Message.objects.filter(conversation=found).update(seen=True)
    # ok: get-that-writes
    return render(request, "page.html", {"rows": Folder.objects.visible_to(request.user)})


@require_POST
@logged_in
def change(request, number):
    # ok: get-that-writes
    own_conversation(request, number).delete()


def answer(response):
    # ruleid: to-other-origins
    response["Access-Control-Allow-Origin"] = "*"
    # ruleid: to-other-origins
    response.set_cookie("seen", "1")
    # ok: to-other-origins
    response["Cache-Control"] = "no-store"
