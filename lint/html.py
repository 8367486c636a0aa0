# ruleid: marked-safe
shown = mark_safe(f"<b>{title}</b>")
# ruleid: marked-safe
shown = SafeString(title)
# ruleid: marked-safe
shown = format_html(f"<b>{title}</b>")
# ruleid: marked-safe
shown = format_html("<b>%s</b>" % title)
# ok: marked-safe
shown = format_html("<b>{}</b>", title)
