"""vector_stores: stores, their files, batches, searches, and every helper that polls or uploads."""

import openai

from support import Case

HANDBOOK = b"# Handbook\n\nAnnual leave is thirty days.\n\nTravel is booked by the office.\n"
STATIC = {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 20}}


class VectorStores(Case):
    @classmethod
    def on(cls, client):
        super().on(client)
        cls.stores = client.vector_stores

    def file(self, content=HANDBOOK, name="handbook.md"):
        return self.files.create(file=(name, content), purpose="assistants").id

    def test_a_store_is_created_changed_listed_and_deleted(self):
        made = self.stores.create(
            name="Handbook", metadata={"team": "hr"}, expires_after={"anchor": "last_active_at", "days": 7}
        )
        self.assertEqual((made.name, made.metadata, made.status), ("Handbook", {"team": "hr"}, "completed"))
        self.assertEqual(made.expires_at, made.last_active_at + 7 * 86400)
        self.assertEqual(self.stores.retrieve(made.id), made)
        changed = self.stores.update(made.id, name="Rules", metadata={"team": "it"})
        self.assertEqual((changed.name, changed.metadata), ("Rules", {"team": "it"}))
        others = [self.stores.create(name=str(n)).id for n in range(3)]
        listed = [store.id for store in self.stores.list(limit=2)]
        self.assertEqual(listed[:4], [*reversed(others), made.id])
        deleted = self.stores.delete(made.id)
        self.assertEqual((deleted.id, deleted.object, deleted.deleted), (made.id, "vector_store.deleted", True))
        with self.assertRaises(openai.NotFoundError):
            self.stores.retrieve(made.id)

    def test_a_file_is_indexed_and_found(self):
        store = self.stores.create().id
        file = self.stores.files.create_and_poll(
            self.file(), vector_store_id=store, attributes={"year": 2024, "draft": False}, chunking_strategy=STATIC
        )
        self.assertEqual((file.status, file.last_error, file.attributes), ("completed", None, {"year": 2024, "draft": False}))
        self.assertEqual(file.chunking_strategy.static.chunk_overlap_tokens, 20)
        self.assertGreater(file.usage_bytes, len(HANDBOOK))
        found = self.stores.search(store, query="How long is annual leave?", max_num_results=3)
        self.assertEqual([(hit.file_id, hit.filename) for hit in found.data], [(file.id, "handbook.md")])
        self.assertIn("thirty days", found.data[0].content[0].text)
        self.assertEqual(found.data[0].attributes, {"year": 2024, "draft": False})
        for filters, count in [
            ({"type": "gte", "key": "year", "value": 2024}, 1),
            ({"type": "and", "filters": [{"type": "eq", "key": "draft", "value": True}]}, 0),
        ]:
            hits = self.stores.search(
                store,
                query=["leave", "travel"],
                filters=filters,
                rewrite_query=True,
                ranking_options={"ranker": "auto", "score_threshold": 0.1},
            )
            self.assertEqual(len(hits.data), count, filters)
        content = self.stores.files.content(file.id, vector_store_id=store)
        self.assertEqual("".join(part.text for part in content), HANDBOOK.decode())
        updated = self.stores.files.update(file.id, vector_store_id=store, attributes={"a": "b"})
        self.assertEqual(updated.attributes, {"a": "b"})
        self.assertEqual(self.stores.files.retrieve(file.id, vector_store_id=store), updated)
        self.assertEqual([one.id for one in self.stores.files.list(store, filter="completed")], [file.id])
        gone = self.stores.files.delete(file.id, vector_store_id=store)
        self.assertEqual((gone.object, gone.deleted), ("vector_store.file.deleted", True))
        self.assertEqual(self.stores.search(store, query="leave").data, [])
        self.files.retrieve(file.id)

    def test_helpers_upload_and_poll(self):
        store = self.stores.create(file_ids=[self.file()]).id
        sent = self.stores.files.upload(vector_store_id=store, file=("a.txt", b"first"))
        self.assertEqual(self.stores.files.poll(sent.id, vector_store_id=store).status, "completed")
        polled = self.stores.files.upload_and_poll(vector_store_id=store, file=("b.txt", b"second"))
        self.assertEqual(polled.status, "completed")
        failed = self.stores.files.upload_and_poll(vector_store_id=store, file=("c.zip", b"PK"))
        self.assertEqual((failed.status, failed.last_error.code), ("failed", "unsupported_file"))
        self.assertEqual(self.stores.retrieve(store).file_counts.total, 4)

    def test_batches(self):
        store = self.stores.create().id
        batches = self.stores.file_batches
        good, bad = self.file(), self.file(b"", "empty.txt")
        batch = batches.create_and_poll(store, file_ids=[good, bad], attributes={"team": "hr"})
        self.assertEqual((batch.status, batch.vector_store_id), ("completed", store))
        self.assertEqual((batch.file_counts.completed, batch.file_counts.failed), (1, 1))
        self.assertEqual(batches.retrieve(batch.id, vector_store_id=store), batch)
        failed = batches.list_files(batch.id, vector_store_id=store, filter="failed")
        self.assertEqual([(one.id, one.last_error.code) for one in failed], [(bad, "invalid_file")])
        own = batches.create(store, files=[{"file_id": good, "attributes": {"n": 1}, "chunking_strategy": STATIC}])
        self.assertEqual(batches.poll(own.id, vector_store_id=store).file_counts.completed, 1)
        self.assertEqual(self.stores.files.retrieve(good, vector_store_id=store).attributes, {"n": 1})
        uploaded = batches.upload_and_poll(store, files=[(f"{n}.txt", b"text %d" % n) for n in range(7)])
        self.assertEqual((uploaded.status, uploaded.file_counts.completed), ("completed", 7))
        cancelled = batches.cancel(uploaded.id, vector_store_id=store)
        self.assertEqual((cancelled.status, cancelled.file_counts.cancelled), ("completed", 0))

    def test_errors_have_their_class(self):
        with self.assertRaises(openai.NotFoundError):
            self.stores.files.create(self.stores.create().id, file_id="file-missing")
        with self.assertRaises(openai.NotFoundError):
            self.stores.search("vs_missing", query="x")
        with self.assertRaises(openai.BadRequestError):
            self.stores.search(self.stores.create().id, query="")
        with self.assertRaises(openai.BadRequestError):
            self.stores.create(file_ids=["file-x"] * 501)
        seventeen = {str(n): "v" for n in range(17)}
        with self.assertRaises(openai.BadRequestError):
            self.stores.files.create(self.stores.create().id, file_id=self.file(), attributes=seventeen)
