"""vector stores, their files and batches, with the helpers that wait until files are indexed."""

import openai

from support import Case

LEAVE = b"# Leave\n\nEverybody has 28 days of paid leave.\n"
TRAVEL = b"# Travel\n\nTrips are booked through the travel desk.\n"
FAST = {"poll_interval_ms": 20}


class VectorStores(Case):
    @classmethod
    def on(cls, client):
        super().on(client)
        cls.stores = client.vector_stores
        cls.store_files, cls.batches = cls.stores.files, cls.stores.file_batches

    def test_create_retrieve_update_list_and_delete(self):
        made = self.stores.create(
            name="Handbook", metadata={"team": "hr"}, expires_after={"anchor": "last_active_at", "days": 2}
        )
        self.assertEqual((made.name, made.status, made.file_counts.total), ("Handbook", "completed", 0))
        self.assertEqual(made.expires_at, made.last_active_at + 2 * 86_400)
        self.assertEqual(self.stores.retrieve(made.id), made)
        changed = self.stores.update(made.id, name="Rules", expires_after=None, metadata={})
        self.assertEqual((changed.name, changed.expires_at, changed.metadata), ("Rules", None, {}))
        self.assertIn(changed, list(self.stores.list(limit=100)))
        gone = self.stores.delete(made.id)
        self.assertEqual((gone.id, gone.deleted, gone.object), (made.id, True, "vector_store.deleted"))
        message = f"No vector store found with id '{made.id}'."
        self.refused(openai.NotFoundError, message, self.stores.retrieve, made.id)

    def test_a_file_is_uploaded_indexed_found_and_detached(self):
        store = self.stores.create()
        file = self.store_files.upload_and_poll(
            vector_store_id=store.id, file=("leave.md", LEAVE), attributes={"year": 2026, "team": "hr"}, **FAST
        )
        self.assertEqual((file.status, file.last_error, file.vector_store_id), ("completed", None, store.id))
        self.assertEqual(file.chunking_strategy.static.max_chunk_size_tokens, 800)
        self.assertEqual(self.store_files.retrieve(file.id, vector_store_id=store.id), file)
        self.assertEqual(list(self.store_files.list(store.id, filter="completed")), [file])
        found = list(self.stores.search(store.id, query="how many days of leave"))
        self.assertEqual([(one.file_id, one.filename) for one in found], [(file.id, "leave.md")])
        self.assertIn("28 days", found[0].content[0].text)
        for value, number in [("hr", 1), ("it", 0)]:
            filters = {"type": "eq", "key": "team", "value": value}
            self.assertEqual(len(list(self.stores.search(store.id, query="leave", filters=filters))), number)
        changed = self.store_files.update(file.id, vector_store_id=store.id, attributes={"team": "it"})
        self.assertEqual(changed.attributes, {"team": "it"})
        text = "".join(part.text for part in self.store_files.content(file.id, vector_store_id=store.id))
        self.assertIn("28 days of paid leave", text)
        gone = self.store_files.delete(file.id, vector_store_id=store.id)
        self.assertEqual((gone.id, gone.deleted, gone.object), (file.id, True, "vector_store.file.deleted"))
        self.assertEqual(list(self.stores.search(store.id, query="leave")), [])
        self.assertEqual(self.files.retrieve(file.id).id, file.id)

    def test_every_way_to_add_a_file(self):
        store = self.stores.create()
        uploaded = [self.files.create(file=(f"{n}.md", LEAVE), purpose="assistants").id for n in range(2)]
        added = self.store_files.create(store.id, file_id=uploaded[0])
        polled = self.store_files.poll(added.id, vector_store_id=store.id, **FAST)
        self.assertEqual(polled.status, "completed")
        made = self.store_files.create_and_poll(vector_store_id=store.id, file_id=uploaded[1], **FAST)
        self.assertEqual(made.status, "completed")
        self.store_files.upload(vector_store_id=store.id, file=("c.md", LEAVE))
        self.assertEqual(self.stores.retrieve(store.id).file_counts.total, 3)

    def test_a_file_that_cannot_be_read_fails_with_a_reason(self):
        store = self.stores.create()
        file = self.store_files.upload_and_poll(
            vector_store_id=store.id, file=("photo.png", b"\x89PNG\r\n\x1a\n\0\0"), **FAST
        )
        self.assertEqual((file.status, file.last_error.code), ("failed", "unsupported_file"))
        self.assertEqual(self.stores.retrieve(store.id).file_counts.failed, 1)

    def test_batches(self):
        store = self.stores.create()
        batch = self.batches.upload_and_poll(
            store.id, files=[("leave.md", LEAVE), ("travel.md", TRAVEL)], **FAST
        )
        self.assertEqual((batch.status, batch.file_counts.completed), ("completed", 2))
        self.assertTrue(batch.id.startswith("vsfb_"))
        self.assertEqual(self.batches.retrieve(batch.id, vector_store_id=store.id), batch)
        listed = list(self.batches.list_files(batch.id, vector_store_id=store.id))
        self.assertEqual([file.status for file in listed], ["completed"] * 2)
        ids = [file.id for file in listed]
        again = self.stores.create()
        made = self.batches.create_and_poll(again.id, file_ids=ids, **FAST)
        self.assertEqual(made.file_counts.total, 2)
        begun = self.batches.create(store.id, files=[{"file_id": ids[0], "attributes": {"a": 1}}])
        self.assertEqual(self.batches.poll(begun.id, vector_store_id=store.id, **FAST).file_counts.total, 1)
        ended = self.batches.cancel(begun.id, vector_store_id=store.id)
        self.assertIn(ended.status, ["completed", "cancelled"])
        found = list(self.stores.search(store.id, query=["travel", "desk"], max_num_results=1))
        self.assertEqual([one.filename for one in found], ["travel.md"])

    def test_what_is_refused(self):
        store = self.stores.create()
        details = {"code": "invalid_value", "param": "query"}
        message = "Invalid 'query': expected a text that is not empty."
        self.refused(openai.BadRequestError, message, self.stores.search, store.id, query=" ", **details)
        message = "No such File object: file-unknown"
        self.refused(openai.NotFoundError, message, self.store_files.create, store.id, file_id="file-unknown")


class FileSearch(Case):
    def test_a_run_answers_from_an_attached_file(self):
        file = self.files.create(file=("leave.md", LEAVE), purpose="assistants")
        assistant = self.assistants.create(model="echo", tools=[{"type": "file_search"}])
        attachments = [{"file_id": file.id, "tools": [{"type": "file_search"}]}]
        question = {"role": "user", "content": "How many days of paid leave?", "attachments": attachments}
        thread = self.threads.create(messages=[question])
        [store] = thread.tool_resources.file_search.vector_store_ids
        self.assertEqual(self.client.vector_stores.retrieve(store).expires_after.days, 7)
        run = self.runs.create_and_poll(
            thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=20, tool_choice={"type": "file_search"}
        )
        self.assertEqual(run.status, "completed")
        [message] = self.messages.list(thread.id, run_id=run.id).data
        text = message.content[0].text
        [citation] = text.annotations
        self.assertEqual((citation.type, citation.file_citation.file_id), ("file_citation", file.id))
        self.assertEqual(text.value[citation.start_index : citation.end_index], citation.text)
        self.assertIn("28 days of paid leave", text.value)
        [search] = self.steps(run)[0].step_details.tool_calls
        self.assertEqual((search.type, search.file_search.results[0].file_name), ("file_search", "leave.md"))
        self.assertIsNone(search.file_search.results[0].content)
        include = ["step_details.tool_calls[*].file_search.results[*].content"]
        step = self.runs.steps.list(run.id, thread_id=thread.id, order="asc", include=include).data[0]
        self.assertIn("28 days", step.step_details.tool_calls[0].file_search.results[0].content[0].text)

        with self.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
            stream.until_done()
            [streamed] = stream.get_final_messages()
        self.assertEqual(streamed.content[0].text.annotations[0].file_citation.file_id, file.id)
        self.assertEqual(stream.get_final_run().status, "completed")
        kinds = [step.type for step in stream.get_final_run_steps()]
        self.assertEqual(kinds, ["tool_calls", "message_creation"])
