"""conversations and their items."""

import openai

from support import Case


class Conversations(Case):
    @classmethod
    def on(cls, client):
        super().on(client)
        cls.conversations, cls.items = client.conversations, client.conversations.items

    def test_create_retrieve_update_and_delete(self):
        made = self.conversations.create(metadata={"team": "hr"}, items=[{"role": "user", "content": "hi"}])
        self.assertEqual((made.object, made.metadata), ("conversation", {"team": "hr"}))
        self.assertEqual(self.conversations.retrieve(made.id), made)
        self.assertEqual(self.conversations.update(made.id, metadata={"a": "b"}).metadata, {"a": "b"})
        self.assertEqual(self.conversations.update(made.id, metadata=None).metadata, {})
        gone = self.conversations.delete(made.id)
        self.assertEqual((gone.id, gone.deleted, gone.object), (made.id, True, "conversation.deleted"))
        message = f"No conversation found with id '{made.id}'."
        self.refused(openai.NotFoundError, message, self.conversations.retrieve, made.id)
        self.refused(openai.NotFoundError, message, self.items.list, made.id)

    def test_items_come_back_as_they_were_sent(self):
        conversation = self.conversations.create()
        call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
        output = {"type": "function_call_output", "call_id": "call_1", "output": "1"}
        image = {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"}
        search = {"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["q"]}
        search["results"] = [{"file_id": "file-1", "filename": "a", "score": 0.5, "text": "t", "attributes": {}}]
        added = self.items.create(
            conversation.id,
            items=[
                {"role": "user", "content": "look"},
                {"role": "assistant", "content": "I do", "phase": "commentary"},
                call,
                output,
                {"type": "message", "role": "user", "content": [image]},
                search,
            ],
        )
        self.assertFalse(added.has_more)
        prefixes = [item.id.split("_")[0] for item in added.data]
        self.assertEqual(prefixes, ["msg", "msg", "fc", "fco", "msg", "fs"])
        self.assertEqual([item.status for item in added.data], ["completed"] * 6)
        user, assistant = added.data[:2]
        self.assertEqual((user.content[0].type, user.content[0].text), ("input_text", "look"))
        self.assertEqual((assistant.content[0].type, assistant.content[0].annotations), ("output_text", []))
        self.assertEqual((assistant.phase, added.data[2].name, added.data[3].output), ("commentary", "f", "1"))
        hidden = self.items.retrieve("fs_1", conversation_id=conversation.id)
        self.assertIsNone(hidden.results)
        include = ["file_search_call.results", "message.input_image.image_url"]
        shown = self.items.retrieve("fs_1", conversation_id=conversation.id, include=include)
        self.assertEqual(shown.results[0].text, "t")
        listed = list(self.items.list(conversation.id, order="asc", include=include))
        self.assertEqual(listed[4].content[0].image_url, image["image_url"])
        self.assertIsNone(self.items.list(conversation.id).data[1].content[0].image_url)

    def test_pages_and_deletion_of_items(self):
        conversation = self.conversations.create(items=[{"role": "user", "content": str(n)} for n in range(20)])
        self.items.create(conversation.id, items=[{"role": "user", "content": str(n)} for n in range(20, 25)])
        page = self.items.list(conversation.id, order="asc", limit=10)
        self.assertEqual((len(page.data), page.has_more), (10, True))
        walked = list(self.items.list(conversation.id, order="asc", limit=10))
        self.assertEqual([item.content[0].text for item in walked], [str(n) for n in range(25)])
        newest = self.items.list(conversation.id).data
        self.assertEqual(newest[0].id, walked[-1].id)
        after = self.items.delete(walked[0].id, conversation_id=conversation.id)
        self.assertEqual(after, conversation)
        message = f"No conversation item found with id '{walked[0].id}'."
        self.refused(
            openai.NotFoundError, message, self.items.retrieve, walked[0].id, conversation_id=conversation.id
        )

    def test_what_a_conversation_refuses(self):
        conversation = self.conversations.create()
        user = {"role": "user", "content": "x"}
        table = [
            (
                [{"type": "function_call_output", "call_id": "call_1", "output": "1"}],
                "No tool call found for function call output with call_id call_1.",
                "invalid_value",
                "items[0].call_id",
            ),
            (
                [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}],
                "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
                "invalid_value",
                "items[0].content[0]",
            ),
            (
                [user | {"id": "item_1"}],
                "Invalid 'items[0].id': 'item_1'. Expected an ID that begins with 'msg'.",
                "invalid_value",
                "items[0].id",
            ),
            (
                [user] * 21,
                "Invalid 'items': array too long. Expected an array with maximum length 20, but got an array with "
                "length 21 instead.",
                "array_above_max_length",
                "items",
            ),
        ]
        for items, message, code, param in table:
            for call, args in [(self.items.create, [conversation.id]), (self.conversations.create, [])]:
                self.refused(openai.BadRequestError, message, call, *args, items=items, code=code, param=param)
        self.assertEqual(self.items.list(conversation.id).data, [])
