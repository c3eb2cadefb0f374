"""beta.threads, with what starts a run together with one."""

from support import Case


class Threads(Case):
    def test_create_with_nothing(self):
        made = self.threads.create()
        self.assertEqual((made.object, made.metadata), ("thread", {}))
        self.assertEqual(self.messages.list(made.id).data, [])
        self.assertEqual(self.threads.retrieve(made.id), made)

    def test_create_with_everything(self):
        file = self.files.create(file=("a.txt", b"a"), purpose="assistants")
        made = self.threads.create(
            messages=[
                {
                    "role": "user",
                    "content": "one",
                    "attachments": [{"file_id": file.id, "tools": [{"type": "file_search"}]}],
                },
                {"role": "assistant", "content": [{"type": "text", "text": "two"}], "metadata": {"a": "1"}},
            ],
            tool_resources={"code_interpreter": {"file_ids": [file.id]}},
            metadata={"team": "blue"},
        )
        self.assertEqual(made.metadata, {"team": "blue"})
        self.assertEqual(made.tool_resources.code_interpreter.file_ids, [file.id])
        self.assertEqual(len(made.tool_resources.file_search.vector_store_ids), 1)
        texts = [message.content[0].text.value for message in self.messages.list(made.id, order="asc")]
        self.assertEqual(texts, ["one", "two"])

    def test_update_and_delete(self):
        made = self.threads.create(metadata={"a": "1"})
        changed = self.threads.update(made.id, metadata={"b": "2"})
        self.assertEqual(changed.metadata, {"b": "2"})
        self.assertEqual(self.threads.retrieve(made.id), changed)
        self.assertEqual(self.threads.update(made.id, metadata=None).metadata, {})
        gone = self.threads.delete(made.id)
        self.assertEqual((gone.id, gone.deleted, gone.object), (made.id, True, "thread.deleted"))

    def test_create_and_run(self):
        run = self.threads.create_and_run(
            assistant_id=self.assistant("a").id,
            thread={"messages": [{"role": "user", "content": "hello"}], "metadata": {"team": "blue"}},
            instructions="Be long.",
            model="other",
            tools=[{"type": "code_interpreter"}],
            metadata={"a": "1"},
            temperature=0.2,
            top_p=0.3,
            max_prompt_tokens=1000,
            max_completion_tokens=1000,
            truncation_strategy={"type": "last_messages", "last_messages": 3},
            tool_choice="none",
            parallel_tool_calls=False,
            response_format={"type": "text"},
        )
        self.assertEqual((run.status, run.instructions, run.model), ("queued", "Be long.", "other"))
        self.assertEqual((run.tools[0].type, run.metadata), ("code_interpreter", {"a": "1"}))
        self.assertEqual((run.temperature, run.top_p), (0.2, 0.3))
        self.assertEqual((run.max_prompt_tokens, run.max_completion_tokens), (1000, 1000))
        self.assertEqual((run.truncation_strategy.type, run.truncation_strategy.last_messages), ("last_messages", 3))
        self.assertEqual((run.tool_choice, run.parallel_tool_calls, run.response_format.type), ("none", False, "text"))
        self.assertEqual(self.threads.retrieve(run.thread_id).metadata, {"team": "blue"})
        self.assertEqual(self.polled(run).status, "completed")

    def test_create_and_run_without_a_thread(self):
        run = self.threads.create_and_run(assistant_id=self.assistant().id)
        self.assertEqual(self.polled(run).status, "completed")

    def test_create_and_run_poll(self):
        thread = {"messages": [{"role": "user", "content": "hello"}]}
        run = self.threads.create_and_run_poll(assistant_id=self.assistant().id, thread=thread)
        self.assertEqual(run.status, "completed")
        self.assertEqual(self.messages.list(run.thread_id).data[0].content[0].text.value, "hello")
