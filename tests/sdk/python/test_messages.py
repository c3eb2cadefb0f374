"""beta.threads.messages."""

from support import Case


class Messages(Case):
    def setUp(self):
        self.thread = self.threads.create().id

    def test_create_with_text(self):
        made = self.messages.create(self.thread, role="user", content="hello", metadata={"a": "1"})
        self.assertEqual((made.role, made.status, made.thread_id), ("user", "completed", self.thread))
        self.assertEqual((made.content[0].text.value, made.content[0].text.annotations), ("hello", []))
        self.assertEqual((made.metadata, made.run_id, made.assistant_id), ({"a": "1"}, None, None))
        self.assertEqual(self.messages.retrieve(made.id, thread_id=self.thread), made)

    def test_text_comes_back_as_it_was(self):
        for text in ["a\0b", "𝄞 \u202e ü \ufeff", ' \r\n\t"\\u0041', "", "ü" * 256_000]:
            made = self.messages.create(self.thread, role="user", content=text, metadata={"ü" * 64: "𝄞" * 512})
            found = self.messages.retrieve(made.id, thread_id=self.thread)
            self.assertEqual((found.content[0].text.value, found.metadata), (text, {"ü" * 64: "𝄞" * 512}))

    def test_create_with_parts_and_attachments(self):
        image = self.files.create(file=("a.png", b"png"), purpose="vision")
        text = self.files.create(file=("a.txt", b"text"), purpose="assistants")
        made = self.messages.create(
            self.thread,
            role="user",
            content=[
                {"type": "text", "text": "look"},
                {"type": "image_file", "image_file": {"file_id": image.id, "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            ],
            attachments=[{"file_id": text.id, "tools": [{"type": "code_interpreter"}, {"type": "file_search"}]}],
        )
        self.assertEqual([part.type for part in made.content], ["text", "image_file", "image_url"])
        self.assertEqual((made.content[1].image_file.file_id, made.content[1].image_file.detail), (image.id, "low"))
        self.assertEqual(made.content[2].image_url.detail, "auto")
        self.assertEqual(made.attachments[0].file_id, text.id)
        self.assertEqual([tool.type for tool in made.attachments[0].tools], ["code_interpreter", "file_search"])
        resources = self.threads.retrieve(self.thread).tool_resources
        self.assertEqual(resources.code_interpreter.file_ids, [text.id])
        self.assertEqual(len(resources.file_search.vector_store_ids), 1)

    def test_update_list_and_delete(self):
        ids = [self.messages.create(self.thread, role="user", content=text).id for text in "abc"]
        changed = self.messages.update(ids[0], thread_id=self.thread, metadata={"a": "1"})
        self.assertEqual((changed.id, changed.metadata), (ids[0], {"a": "1"}))
        self.assertEqual(self.messages.retrieve(ids[0], thread_id=self.thread), changed)
        self.assertEqual([one.id for one in self.messages.list(self.thread)], ids[::-1])
        gone = self.messages.delete(ids[1], thread_id=self.thread)
        self.assertEqual((gone.id, gone.deleted, gone.object), (ids[1], True, "thread.message.deleted"))
        self.assertEqual([one.id for one in self.messages.list(self.thread, order="asc")], [ids[0], ids[2]])

    def test_list_of_a_run(self):
        first = self.polled(self.started("hello"))
        self.messages.create(first.thread_id, role="user", content="again")
        second = self.runs.create_and_poll(
            thread_id=first.thread_id, assistant_id=first.assistant_id, poll_interval_ms=20
        )
        for run, text in [(first, "hello"), (second, "again")]:
            found = self.messages.list(first.thread_id, run_id=run.id).data
            self.assertEqual(
                [(one.run_id, one.role, one.content[0].text.value) for one in found], [(run.id, "assistant", text)]
            )
            self.assertEqual(found[0].assistant_id, run.assistant_id)
