"""files, bytes included."""

import hashlib
import io
import os
import random
import tempfile

import openai

from support import Case

LARGE = 20 * 1024 * 1024


class Files(Case):
    def test_create_retrieve_list_and_delete(self):
        made = self.files.create(file=("notes ü.txt", b"hello"), purpose="user_data")
        self.assertEqual(
            (made.filename, made.bytes, made.purpose, made.status), ("notes ü.txt", 5, "user_data", "processed")
        )
        self.assertIsNone(made.expires_at)
        self.assertEqual(self.files.retrieve(made.id), made)
        self.assertIn(made.id, [one.id for one in self.files.list(purpose="user_data")])
        self.assertNotIn(made.id, [one.id for one in self.files.list(purpose="vision")])
        self.assertEqual(self.files.wait_for_processing(made.id), made)
        gone = self.files.delete(made.id)
        self.assertEqual((gone.id, gone.deleted, gone.object), (made.id, True, "file"))
        self.refused(openai.NotFoundError, f"No such File object: {made.id}", self.files.retrieve, made.id)

    def test_every_way_to_name_a_file(self):
        with tempfile.NamedTemporaryFile(suffix=".bin") as at:
            at.write(b"\0\r\n--\xff")
            at.flush()
            with open(at.name, "rb") as opened:
                ways = [opened, ("other.bin", io.BytesIO(b"\0\r\n--\xff"), "application/x-own")]
                names = [os.path.basename(at.name), "other.bin"]
                for way, name in zip(ways, names):
                    made = self.files.create(file=way, purpose="vision")
                    self.assertEqual((made.filename, made.bytes), (name, 6))
                    self.assertEqual(self.files.content(made.id).read(), b"\0\r\n--\xff")

    def test_expiry(self):
        made = self.files.create(
            file=("a", b""), purpose="batch", expires_after={"anchor": "created_at", "seconds": 3600}
        )
        self.assertEqual((made.expires_at, made.bytes), (made.created_at + 3600, 0))
        self.assertEqual(self.files.content(made.id).read(), b"")

    def test_a_large_binary_up_and_down(self):
        data = random.Random(7).randbytes(LARGE)
        made = self.files.create(file=("large.bin", data), purpose="vision")
        self.assertEqual(made.bytes, LARGE)
        self.assertEqual(self.files.content(made.id).read(), data)
        digest = hashlib.sha256()
        with self.files.with_streaming_response.content(made.id) as streamed:
            self.assertEqual(streamed.headers["content-length"], str(LARGE))
            for piece in streamed.iter_bytes():
                digest.update(piece)
        self.assertEqual(digest.digest(), hashlib.sha256(data).digest())
        self.files.delete(made.id)

    def test_text_content(self):
        made = self.files.create(file=("a.jsonl", '{"ü": 1}\n'.encode()), purpose="fine-tune")
        self.assertEqual(self.files.retrieve_content(made.id), '{"ü": 1}\n')

    def test_content_that_is_kept_back(self):
        for purpose in ["assistants", "user_data"]:
            made = self.files.create(file=("a", b"a"), purpose=purpose)
            message = f"Not allowed to download files of purpose: {purpose}"
            self.refused(openai.BadRequestError, message, self.files.content, made.id)
