"""An uploaded file in the database, in blocks, so that whichever process claims its job can read it."""

import io
from collections.abc import Iterator

from chat.models import Job, JobPart

BLOCK = 256 * 1024  # bytes of each part but the last


class PartsFile(io.RawIOBase):
    """A job's upload as a file that can be read anywhere; it holds one block in memory."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._size = job.total
        self._at = 0
        self._number = -1
        self._block = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, start = divmod(self._at, BLOCK)
        if self._at >= self._size:
            return 0
        if number != self._number:
            self._block = bytes(
                JobPart.objects.values_list("data", flat=True).get(job=self._job, number=number)
            )
            self._number = number
        found = self._block[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def add_parts(job: Job, blocks: Iterator[bytes]) -> Iterator[int]:
    """Store `blocks` of any size as the job's parts; yields how many bytes are stored, after each part."""
    rest, number, size = b"", 0, 0
    for block in blocks:
        rest += block
        while len(rest) >= BLOCK:
            JobPart.objects.create(job=job, number=number, data=rest[:BLOCK])
            number, size, rest = number + 1, size + BLOCK, rest[BLOCK:]
            yield size
    if rest:
        JobPart.objects.create(job=job, number=number, data=rest)
        yield size + len(rest)


def drop_parts(job_id: int) -> None:
    """Block by block: one statement over 100 MB would keep others from writing."""
    for pk in list(JobPart.objects.filter(job=job_id).values_list("pk", flat=True)):
        JobPart.objects.filter(pk=pk).delete()
