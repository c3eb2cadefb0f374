"""uploads in parts, and the helper that cuts a file into parts."""

import hashlib
import os
import pathlib
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor

import openai

from support import Case


class Uploads(Case):
    @classmethod
    def on(cls, client):
        super().on(client)
        cls.uploads = client.uploads

    def upload(self, size, **options):
        """Begins an upload."""
        return self.uploads.create(
            bytes=size, filename="whole.bin", mime_type="application/octet-stream", purpose="vision", **options
        )

    def test_parts_make_a_file_in_the_order_of_the_request(self):
        begun = self.upload(11, expires_after={"anchor": "created_at", "seconds": 7200})
        self.assertEqual((begun.status, begun.file, begun.bytes), ("pending", None, 11))
        self.assertEqual(begun.expires_at, begun.created_at + 3600)
        world = self.uploads.parts.create(begun.id, data=b"world")
        hello = self.uploads.parts.create(begun.id, data=b"hello ")
        self.assertEqual((world.object, world.upload_id), ("upload.part", begun.id))
        checksum = hashlib.md5(b"hello world").hexdigest()
        done = self.uploads.complete(begun.id, part_ids=[hello.id, world.id], md5=checksum)
        self.assertEqual((done.id, done.status), (begun.id, "completed"))
        self.assertEqual(self.files.retrieve(done.file.id), done.file)
        self.assertEqual((done.file.filename, done.file.purpose, done.file.bytes), ("whole.bin", "vision", 11))
        self.assertEqual(done.file.expires_at, done.file.created_at + 7200)
        self.assertEqual(self.files.content(done.file.id).read(), b"hello world")

    def test_a_file_is_cut_into_parts(self):
        data = random.Random(3).randbytes(5 * 1024 * 1024 + 17)
        checksum = hashlib.md5(data).hexdigest()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "large.bin"
            path.write_bytes(data)
            from_disk = self.uploads.upload_file_chunked(
                file=path, mime_type="application/octet-stream", purpose="vision", part_size=1 << 20, md5=checksum
            )
        from_memory = self.uploads.upload_file_chunked(
            file=data,
            filename="large.bin",
            bytes=len(data),
            mime_type="application/octet-stream",
            purpose="vision",
        )
        for done in [from_disk, from_memory]:
            self.assertEqual((done.status, done.file.filename, done.file.bytes), ("completed", "large.bin", len(data)))
            self.assertEqual(self.files.content(done.file.id).read(), data)
            self.files.delete(done.file.id)

    def test_parts_may_arrive_in_parallel(self):
        pieces = [os.urandom(100_000) for _ in range(12)]
        begun = self.upload(sum(map(len, pieces)))
        with ThreadPoolExecutor(6) as threads:
            parts = list(threads.map(lambda piece: self.uploads.parts.create(begun.id, data=piece), pieces))
        done = self.uploads.complete(begun.id, part_ids=[part.id for part in parts])
        self.assertEqual(self.files.content(done.file.id).read(), b"".join(pieces))

    def test_what_does_not_fit_is_refused(self):
        begun = self.upload(2)
        part = self.uploads.parts.create(begun.id, data=b"x")
        message = "the parts have 1 bytes in total, but the upload was created with 2 bytes."
        details = {"code": "invalid_value", "param": "part_ids"}
        self.refused(
            openai.BadRequestError,
            f"Invalid 'part_ids': {message}",
            self.uploads.complete,
            begun.id,
            part_ids=[part.id],
            **details,
        )
        cancelled = self.uploads.cancel(begun.id)
        self.assertEqual((cancelled.id, cancelled.status, cancelled.file), (begun.id, "cancelled", None))
        details["param"] = "upload_id"
        message = "Cannot complete upload with status 'cancelled'."
        self.refused(
            openai.BadRequestError, message, self.uploads.complete, begun.id, part_ids=[part.id], **details
        )
        message = "Cannot add a part to an upload with status 'cancelled'."
        self.refused(openai.BadRequestError, message, self.uploads.parts.create, begun.id, data=b"y", **details)
        message = "No upload found with id 'upload_unknown'."
        self.refused(openai.NotFoundError, message, self.uploads.cancel, "upload_unknown")
