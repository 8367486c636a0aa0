# ruleid: named-by-hand
headers = {"Content-Disposition": f'attachment; filename="{title}.md"'}
# ruleid: named-by-hand
response["Content-Disposition"] = "attachment; filename=" + title
# ruleid: named-by-hand
response = FileResponse(file, filename=title)
# ok: named-by-hand
headers = {"Content-Disposition": transfer.attachment(title, "md")}
# ruleid: unpacked-to-disk
zipfile.ZipFile(upload).extractall(folder)
# ok: unpacked-to-disk
zipfile.ZipFile(upload).open(member)
