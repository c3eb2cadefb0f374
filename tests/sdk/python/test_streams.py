"""Streams of runs: every helper, every callback, and the order of what is told."""

import json

import openai

from streams import (
    BEGIN,
    BROKEN_OFF,
    CALLING,
    ENDLESS,
    GOES_ON,
    PLAIN,
    SAID,
    SAYING,
    Counted,
    StreamCase,
    calls_of,
    counted,
    counts,
    hold,
    names,
    outputs,
)

TWO = 'call a {"x": 1}\nhello\ncall b'
WORDS = "one  two\n\nthrée 🎉"


class Streams(StreamCase):
    def test_create(self):
        events = [hold(event) for event in self.runs.create(**self.prepared(WORDS), stream=True)]
        self.assertEqual(names(events), PLAIN)
        run, message = events[-1].data, events[-3].data
        self.assertEqual([event.data.id for event in events[:3]], [run.id] * 3)
        self.assertEqual([event.data.status for event in events[:3]], ["queued", "queued", "in_progress"])
        self.assertEqual(events[3].data.status, "in_progress")
        self.assertEqual((events[5].data.content, events[6].data.content), ([], []))
        deltas = [event.data for event in events if event.event == "thread.message.delta"]
        self.assertEqual({delta.id for delta in deltas}, {message.id})
        [first, *more] = [delta.delta.content[0].text for delta in deltas]
        self.assertEqual((first.annotations, [one.annotations for one in more]), ([], [None] * len(more)))
        self.assertEqual("".join(text.value for text in [first, *more]), message.content[0].text.value)
        self.assertEqual(self.said(run), [WORDS])
        self.assertEqual(run, self.runs.retrieve(run.id, thread_id=run.thread_id))

    def test_threads_create_and_run(self):
        thread = {"messages": [{"role": "user", "content": "hello"}], "metadata": {"a": "1"}}
        with self.threads.create_and_run(assistant_id=self.assistant().id, thread=thread, stream=True) as stream:
            events = [hold(event) for event in stream]
        self.assertEqual(names(events), ["thread.created", *PLAIN])
        self.assertEqual(events[0].data, self.threads.retrieve(events[-1].data.thread_id))

    def test_how_a_stream_is_written(self):
        raw = self.runs.with_streaming_response.create(**self.prepared("hello"), stream=True)
        with raw as response:
            lines = list(response.iter_lines())
        self.assertEqual(response.headers["content-type"], "text/event-stream; charset=utf-8")
        self.assertTrue(response.headers["x-request-id"].startswith("req_"))
        self.assertEqual(lines[-3:], ["event: done", "data: [DONE]", ""])
        for event, data, empty in zip(lines[:-3:3], lines[1:-3:3], lines[2:-3:3], strict=True):
            self.assertTrue(event.startswith("event: thread."))
            self.assertIsInstance(json.loads(data.removeprefix("data: ")), dict)
            self.assertEqual(empty, "")

    def test_each_callback_of_an_answer(self):
        handler = Counted()
        with self.runs.stream(**self.prepared("one two three"), event_handler=handler) as stream:
            self.assertIs(stream, handler)
            stream.until_done()
        self.assertEqual(names(handler.events), PLAIN)
        expected = counts(
            event=len(PLAIN) + 2,
            run_step_created=1,
            run_step_done=1,
            message_created=1,
            message_delta=3,
            message_done=1,
            text_created=1,
            text_delta=3,
            text_done=1,
            end=1,
        )
        self.assertEqual(counted(handler), expected)
        text, message, step = handler.done
        self.assertEqual((handler.text, text.value), ("one two three", "one two three"))
        run = stream.get_final_run()
        self.assertEqual(stream.get_final_messages(), [message])
        self.assertEqual((self.messages.list(run.thread_id, run_id=run.id).data, self.steps(run)), ([message], [step]))
        self.same(run, stream)

    def test_create_and_stream(self):
        handler = Counted()
        with self.runs.create_and_stream(**self.prepared("hello"), event_handler=handler) as stream:
            self.assertEqual("".join(stream.text_deltas), "hello")
        self.assertEqual((handler.calls["on_end"], names(handler.events)), (1, PLAIN))
        with self.runs.create_and_stream(**self.prepared("hello")) as stream:
            self.assertEqual(names(stream), PLAIN)

    def test_create_and_run_stream(self):
        thread = {"messages": [{"role": "user", "content": WORDS}]}
        with self.threads.create_and_run_stream(assistant_id=self.assistant().id, thread=thread) as stream:
            self.assertEqual("".join(stream.text_deltas), WORDS)
            self.assertIsNone(stream.current_event)
            self.assertEqual(stream.current_run.status, "completed")
            [message] = stream.get_final_messages()
        self.assertEqual((message.content[0].text.value, message.status), (WORDS, "completed"))
        handler = Counted()
        with self.threads.create_and_run_stream(assistant_id=self.assistant().id, event_handler=handler) as stream:
            stream.until_done()
        self.assertEqual(names(handler.events), ["thread.created", *PLAIN])

    def test_each_callback_of_calls_and_of_what_follows(self):
        handler = Counted()
        with self.runs.stream(**self.prepared(TWO, "a", "b"), event_handler=handler) as stream:
            waiting = stream.get_final_run()
        self.assertEqual(names(handler.events), [*BEGIN, *CALLING])
        self.assertEqual(handler.events[3].data.step_details.tool_calls, [])
        expected = counts(
            event=11,
            run_step_created=1,
            run_step_delta=5,
            tool_call_created=2,
            tool_call_delta=3,
            tool_call_done=2,
            end=1,
        )
        self.assertEqual(counted(handler), expected)
        self.assertEqual(waiting.status, "requires_action")
        self.assertEqual([call.function.arguments for call in calls_of(waiting)], ['{"x": 1}', "{}"])
        self.assertEqual(dict(enumerate(call.function.arguments for call in calls_of(waiting))), handler.arguments)
        self.assertEqual([call.id for call in handler.done], [call.id for call in calls_of(waiting)])
        self.same(waiting, stream)

        after = Counted()
        submitted = {**self.of(waiting), "tool_outputs": outputs(waiting)}
        with self.runs.submit_tool_outputs_stream(**submitted, event_handler=after) as rest:
            rest.until_done()
        self.assertEqual(names(after.events), [*GOES_ON, *SAID, "thread.run.completed"])
        told = after.events[0].data
        self.assertEqual([call.function.output for call in told.step_details.tool_calls], ["of a", "of b"])
        self.assertEqual(told.id, stream.get_final_run_steps()[0].id)
        self.assertEqual((after.calls["on_run_step_created"], after.calls["on_run_step_done"]), (1, 2))
        self.assertEqual((after.calls["on_tool_call_created"], after.calls["on_end"]), (0, 1))
        self.assertEqual([after.text], self.said(waiting))
        self.same(waiting, rest)

    def test_submit_tool_outputs_one_after_the_other(self):
        options = {**self.prepared(TWO, "a", "b"), "parallel_tool_calls": False}
        events = [hold(event) for event in self.runs.create(**options, stream=True)]
        for name, then in [("a", [*GOES_ON, *CALLING]), ("b", [*GOES_ON, *SAID, "thread.run.completed"])]:
            run = events[-1].data
            self.assertEqual([call.function.name for call in calls_of(run)], [name])
            submitted = self.runs.submit_tool_outputs(**self.of(run), tool_outputs=outputs(run), stream=True)
            events = [hold(event) for event in submitted]
            self.assertEqual(names(events), then)
        self.assertEqual((events[-1].data.status, len(self.steps(run))), ("completed", 3))

    def test_submit_tool_outputs_stream_without_a_handler(self):
        run = self.polled(self.started("call a", "a"))
        with self.runs.submit_tool_outputs_stream(**self.of(run), tool_outputs=outputs(run)) as stream:
            self.assertEqual("".join(stream.text_deltas), "a: of a")
            self.same(run, stream)

    def test_submit_tool_outputs_that_do_not_fit(self):
        run = self.polled(self.started("call a", "a"))
        refused = self.runs.submit_tool_outputs_stream(**self.of(run), tool_outputs=[])
        with self.assertRaisesRegex(openai.BadRequestError, "Expected tool outputs for call_ids"), refused:
            pass
        self.assertEqual(self.runs.retrieve(run.id, thread_id=run.thread_id).status, "requires_action")

    def test_polls(self):
        run = self.runs.create_and_poll(**self.prepared("call a", "a"), poll_interval_ms=20)
        self.assertEqual(run.status, "requires_action")
        run = self.runs.submit_tool_outputs_and_poll(**self.of(run), tool_outputs=outputs(run), poll_interval_ms=20)
        self.assertEqual((run.status, self.said(run)), ("completed", ["a: of a"]))
        run = self.threads.create_and_run_poll(assistant_id=self.assistant().id, poll_interval_ms=20)
        self.assertEqual(self.runs.poll(**self.of(run)), run)


class Breaks(StreamCase):
    """Streams and runs that do not come to a good end."""

    def test_cancel_in_mid_stream(self):
        handler = Counted()
        with self.runs.stream(**self.prepared(ENDLESS), event_handler=handler) as stream:
            for event in stream:
                # The answer takes ten minutes: a piece of it comes before it has ended, or this fails.
                if event.event == "thread.message.delta" and handler.calls["on_text_delta"] == 1:
                    run = self.runs.retrieve(**self.of(stream.current_run))
                    self.assertEqual(run.status, "in_progress")
                    self.runs.cancel(**self.of(run))
        end = ["thread.message.incomplete", "thread.run.step.cancelled", "thread.run.cancelled"]
        self.assertEqual(names(handler.events), [*BEGIN, *SAYING, "thread.run.cancelling", *end])
        self.assertEqual(stream.get_final_run().status, "cancelled")
        self.assertEqual((handler.calls["on_run_step_done"], handler.calls["on_message_done"]), (1, 1))
        self.assertEqual((handler.calls["on_end"], handler.calls["on_exception"]), (1, 0))
        [message] = stream.get_final_messages()
        self.assertEqual((message.status, message.incomplete_details.reason), ("incomplete", "run_cancelled"))
        self.assertEqual(message.content[0].text.value, handler.text)
        self.same(run, stream)

    def test_cancel_while_it_sleeps(self):
        events = []
        for event in self.runs.create(**self.prepared("sleep 9m\nhello"), stream=True):
            events.append(hold(event))
            if event.event == "thread.run.in_progress":
                self.runs.cancel(**self.of(event.data))
        self.assertEqual(names(events), [*BEGIN, "thread.run.cancelling", "thread.run.cancelled"])

    def test_failed(self):
        handler = Counted()
        with self.runs.stream(**self.prepared("fail no tea left"), event_handler=handler) as stream:
            run = stream.get_final_run()
        self.assertEqual(names(handler.events), [*BEGIN, "thread.run.failed"])
        self.assertEqual((run.last_error.code, run.last_error.message), ("server_error", "no tea left"))
        self.assertEqual(counted(handler), counts(event=4, end=1))
        for found in [stream.get_final_messages, stream.get_final_run_steps]:
            with self.assertRaises(RuntimeError):
                found()

    def test_incomplete(self):
        handler = Counted()
        with self.runs.stream(**self.prepared("half an answer\nincomplete"), event_handler=handler) as stream:
            run = stream.get_final_run()
        self.assertEqual(names(handler.events), [*BEGIN, *SAYING, *BROKEN_OFF])
        self.assertEqual(run.incomplete_details.reason, "max_completion_tokens")
        self.assertEqual((handler.text, handler.calls["on_message_done"]), ("half an answer", 1))
        self.assertEqual(self.said(run), ["half an answer"])
        self.same(run, stream)

    def test_budgets(self):
        for budget, words in [("max_completion_tokens", 256), ("max_prompt_tokens", 300)]:
            handler = Counted()
            options = {**self.prepared("word " * 300), budget: 256, "event_handler": handler}
            with self.subTest(budget), self.runs.stream(**options) as stream:
                run = stream.get_final_run()
                self.assertEqual((run.incomplete_details.reason, [handler.text]), (budget, self.said(run)))
                self.assertEqual(len(handler.text.split()), words)
                self.same(run, stream)

    def test_the_lock(self):
        with self.runs.stream(**self.prepared(ENDLESS)) as stream:
            self.assertEqual(next(iter(stream.text_deltas)), "word ")
            run = stream.current_run
            self.refused(
                openai.BadRequestError,
                f"Can't add messages to {run.thread_id} while a run {run.id} is active.",
                self.messages.create,
                run.thread_id,
                role="user",
                content="more",
            )
            again = self.runs.stream(thread_id=run.thread_id, assistant_id=run.assistant_id)
            self.refused(
                openai.BadRequestError, f"Thread {run.thread_id} already has an active run {run.id}.", again.__enter__
            )
            self.runs.cancel(**self.of(run))
            self.assertEqual(stream.get_final_run().status, "cancelled")
        self.messages.create(run.thread_id, role="user", content="more")
        with self.runs.stream(thread_id=run.thread_id, assistant_id=run.assistant_id) as stream:
            self.assertEqual("".join(stream.text_deltas), "more")

    def test_a_run_outlives_its_caller(self):
        with self.runs.stream(**self.prepared("pace 10ms\n" + "word " * 30)) as stream:
            next(iter(stream.text_deltas))
            run = stream.current_run
        self.assertNotEqual(run.status, "completed")
        self.assertEqual(self.polled(run).status, "completed")
        self.assertEqual(self.said(run)[0].split(), ["word"] * 30)

    def test_a_handler_that_fails(self):
        class Failing(openai.AssistantEventHandler):
            seen = ()

            def on_text_delta(self, delta, snapshot):
                raise ZeroDivisionError

            def on_exception(self, exception):
                self.seen = (*self.seen, type(exception))

            def on_end(self):
                self.seen = (*self.seen, "end")

        handler = Failing()
        with (
            self.assertRaises(ZeroDivisionError),
            self.runs.stream(**self.prepared("hello"), event_handler=handler) as stream,
        ):
            stream.until_done()
        self.assertEqual(handler.seen, (ZeroDivisionError, "end"))
        self.assertEqual(self.polled(stream.current_run).status, "completed")

    def test_a_thread_that_is_deleted(self):
        handler = Counted()
        with self.runs.stream(**self.prepared(ENDLESS), event_handler=handler) as stream:
            for event in stream:
                if event.event == "thread.message.delta" and handler.calls["on_text_delta"] == 1:
                    self.threads.delete(stream.current_run.thread_id)
        self.assertEqual(names(handler.events), [*BEGIN, *SAYING, "error"])
        error = handler.events[-1]
        self.assertEqual((error.type, error.message[:12]), ("invalid_request_error", "No run found"))
