# ruleid: sql-elsewhere
cursor.execute("DELETE FROM chat_share WHERE id = %s", [number])
# ruleid: sql-elsewhere
rows = Share.objects.raw("SELECT * FROM chat_share")
# ok: sql-elsewhere
Share.objects.filter(pk=number).delete()
# ruleid: sql-elsewhere, sql-of-parts
cursor.execute(f"DELETE FROM chat_share WHERE id = {number}")
# ruleid: sql-elsewhere, sql-of-parts
cursor.execute("DELETE FROM chat_share WHERE title = '%s'" % title)
# ok: sql-of-parts
# ruleid: sql-elsewhere
cursor.execute(f"NOTIFY {CHANNEL}")
