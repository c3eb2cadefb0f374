"""beta.assistants."""

from support import Case, function


class Assistants(Case):
    def test_create_with_everything(self):
        schema = {"name": "answer", "schema": {"type": "object"}, "strict": True}
        file = self.files.create(file=("a.txt", b"a"), purpose="assistants")
        made = self.assistants.create(
            model="echo",
            name="Ada",
            description="An assistant",
            instructions="Be brief.",
            reasoning_effort="low",
            tools=[
                {"type": "code_interpreter"},
                {"type": "file_search", "file_search": {"max_num_results": 5}},
                function("a"),
            ],
            tool_resources={
                "code_interpreter": {"file_ids": [file.id]},
                "file_search": {"vector_stores": [{"file_ids": [file.id]}]},
            },
            metadata={"team": "blue"},
            temperature=0.5,
            top_p=0.9,
            response_format={"type": "json_schema", "json_schema": schema},
        )
        self.assertEqual((made.name, made.description, made.instructions), ("Ada", "An assistant", "Be brief."))
        self.assertEqual([tool.type for tool in made.tools], ["code_interpreter", "file_search", "function"])
        self.assertEqual(made.tools[1].file_search.max_num_results, 5)
        self.assertEqual(made.tool_resources.code_interpreter.file_ids, [file.id])
        self.assertEqual(len(made.tool_resources.file_search.vector_store_ids), 1)
        self.assertEqual((made.metadata, made.temperature, made.top_p), ({"team": "blue"}, 0.5, 0.9))
        self.assertEqual(made.response_format.json_schema.name, "answer")
        self.assertEqual(self.assistants.retrieve(made.id), made)

    def test_create_with_the_model_only(self):
        made = self.assistants.create(model="echo")
        self.assertEqual((made.name, made.description, made.instructions), (None, None, None))
        self.assertEqual((made.tools, made.metadata, made.response_format), ([], {}, "auto"))
        self.assertEqual((made.temperature, made.top_p), (1.0, 1.0))

    def test_update_changes_what_is_named_and_null_clears(self):
        made = self.assistants.create(model="echo", name="Ada", instructions="Be brief.", metadata={"a": "1"})
        changed = self.assistants.update(made.id, name=None, instructions="Be long.", response_format={"type": "text"})
        self.assertEqual((changed.name, changed.instructions, changed.metadata), (None, "Be long.", {"a": "1"}))
        self.assertEqual(changed.response_format.type, "text")
        self.assertEqual(self.assistants.retrieve(made.id), changed)

    def test_null_is_the_default(self):
        members = [
            "name",
            "description",
            "instructions",
            "metadata",
            "reasoning_effort",
            "response_format",
            "temperature",
            "top_p",
            "tool_resources",
        ]
        nulls = dict.fromkeys(members)
        plain = self.assistants.create(model="echo").to_dict()
        made = self.assistants.create(model="echo", **nulls)
        self.assertEqual({**made.to_dict(), "id": plain["id"], "created_at": plain["created_at"]}, plain)
        changed = self.assistants.update(made.id, name="Ada", metadata={"a": "1"}, temperature=0.5)
        self.assertNotEqual(changed, made)
        self.assertEqual(self.assistants.update(made.id, **nulls), made)

    def test_list_and_delete(self):
        made = self.assistants.create(model="echo")
        self.assertIn(made.id, [one.id for one in self.assistants.list(limit=100)])
        gone = self.assistants.delete(made.id)
        self.assertEqual((gone.id, gone.deleted, gone.object), (made.id, True, "assistant.deleted"))
        self.assertNotIn(made.id, [one.id for one in self.assistants.list(limit=100)])
