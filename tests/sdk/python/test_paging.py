"""Auto-paging: in both orders, with cursors in the middle, with pages of any size."""

from support import Case


class Paging(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thread = cls.threads.create().id
        # Quicker than the clock ticks: most have the same `created_at`.
        cls.ids = [cls.messages.create(cls.thread, role="user", content=str(n)).id for n in range(23)]

    def walked(self, **query):
        return [one.id for one in self.messages.list(self.thread, **query)]

    def test_whole(self):
        times = [one.created_at for one in self.messages.list(self.thread, limit=100)]
        self.assertLess(len(set(times)), len(times))
        for limit in [1, 2, 7, 22, 23, 24, 100]:
            self.assertEqual(self.walked(limit=limit, order="asc"), self.ids)
            self.assertEqual(self.walked(limit=limit, order="desc"), self.ids[::-1])
            self.assertEqual(self.walked(limit=limit), self.ids[::-1])

    def test_cursors_in_the_middle(self):
        for order, ids in [("asc", self.ids), ("desc", self.ids[::-1])]:
            for limit in [1, 4, 100]:
                self.assertEqual(self.walked(limit=limit, order=order, after=ids[9]), ids[10:])
                self.assertEqual(self.walked(limit=limit, order=order, before=ids[9]), ids[:9])
                self.assertEqual(self.walked(limit=limit, order=order, after=ids[4], before=ids[15]), ids[5:15])
            self.assertEqual(self.walked(order=order, after=ids[-1]), [])
            self.assertEqual(self.walked(order=order, before=ids[0]), [])

    def test_pages(self):
        page = self.messages.list(self.thread, limit=10, order="asc")
        sizes, more = [], []
        for page in page.iter_pages():
            sizes.append(len(page.data))
            more.append(page.has_more)
        self.assertEqual((sizes, more), ([10, 10, 3], [True, True, False]))
        self.assertEqual(len(self.messages.list(self.thread).data), 20)
        exact = self.messages.list(self.thread, limit=23)
        self.assertFalse(exact.has_more or exact.has_next_page())

    def test_every_other_list(self):
        run = self.polled(self.started("call a\ncall b\nhello", "a", "b", parallel_tool_calls=False))
        while run.required_action:
            [call] = run.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": ""}]
            run = self.runs.submit_tool_outputs_and_poll(
                run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs, poll_interval_ms=20
            )
        for _ in range(2):
            self.runs.create_and_poll(
                thread_id=run.thread_id, assistant_id=run.assistant_id, tool_choice="none", poll_interval_ms=20
            )
        marked = [self.assistants.create(model="echo").id for _ in range(3)]
        lists = [
            (3, lambda **query: self.runs.list(run.thread_id, **query)),
            (3, lambda **query: self.runs.steps.list(run.id, thread_id=run.thread_id, **query)),
            (
                2,
                lambda **query: (
                    self.assistants.list(after=marked[0], **query)
                    if query["order"] == "asc"
                    else self.assistants.list(before=marked[0], **query)
                ),
            ),
        ]
        for count, listed in lists:
            up = [one.id for one in listed(order="asc", limit=1)]
            down = [one.id for one in listed(order="desc", limit=2)]
            self.assertEqual((len(up), up), (count, down[::-1]))
            self.assertEqual([one.id for one in listed(order="asc")], up)

    def test_files(self):
        made = [self.files.create(file=(f"{n}", b""), purpose="batch").id for n in range(5)]
        up = [one.id for one in self.files.list(purpose="batch", order="asc", limit=2)]
        down = [one.id for one in self.files.list(purpose="batch", order="desc", limit=3)]
        self.assertEqual((up[-5:], down), (made, up[::-1]))
        self.assertEqual(
            [one.id for one in self.files.list(order="asc", after=made[1], purpose="batch", limit=1)], made[2:]
        )
