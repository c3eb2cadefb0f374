"""Rounds of parallel calls, and what else a model may do, streamed. The model is a file: ../script.yaml."""

from streams import (
    BEGIN,
    BROKEN_OFF,
    CALLING,
    GOES_ON,
    SAID,
    SAYING,
    Counted,
    ScriptCase,
    calls_of,
    counted,
    counts,
    names,
    outputs,
)

END = "All is well: é 🎉\n\n."


class Rounds(ScriptCase):
    def followed(self, handler, stream):
        """Reads a stream to its end; returns its run."""
        with stream:
            run = handler.get_final_run()
        self.assertEqual(run, self.runs.retrieve(run.id, thread_id=run.thread_id))
        if run.required_action:
            told = [handler.arguments[index] for index in range(len(calls_of(run)))]
            self.assertEqual(told, [call.function.arguments for call in calls_of(run)])
            [step] = [step for step in self.steps(run) if step.status == "in_progress"]
            self.assertEqual(told, [call.function.arguments for call in step.step_details.tool_calls])
            done = [one.id for one in handler.done if one.id.startswith("call_")]
            self.assertEqual(done, [call.id for call in calls_of(run)])
        return run

    def submitted(self, run, *texts):
        handler = Counted()
        options = {"tool_outputs": outputs(run, *texts), "event_handler": handler}
        return handler, self.followed(handler, self.runs.submit_tool_outputs_stream(**self.of(run), **options))

    def test_two_rounds(self):
        first = Counted()
        prepared = self.prepared("two rounds", *"abcd")
        run = self.followed(first, self.runs.stream(**prepared, event_handler=first))
        self.assertEqual(names(first.events), [*BEGIN, *CALLING])
        second, run = self.submitted(run, "first", "second")
        self.assertEqual(names(second.events), [*GOES_ON, *CALLING])
        self.assertEqual([call.function.name for call in calls_of(run)], ["c", "d", "a"])
        self.assertEqual(
            [call.function.arguments for call in calls_of(run)], ['{"text": "é 🎉 \\n"}', "this is no JSON", ""]
        )
        third, run = self.submitted(run, "third", "fourth", "")
        self.assertEqual(names(third.events), [*GOES_ON, *SAID, "thread.run.completed"])
        self.assertEqual((third.text, self.said(run)), (END, [END]))
        self.assertEqual(third.calls["on_text_delta"], 5)
        given = [[call.function.output for call in step.step_details.tool_calls] for step in self.steps(run)[:2]]
        self.assertEqual(given, [["first", "second"], ["third", "fourth", ""]])
        self.assertEqual(run.usage.total_tokens, sum(step.usage.total_tokens for step in self.steps(run)))

    def test_a_message_before_the_calls(self):
        handler = Counted()
        prepared = self.prepared("say and call", "a", "b")
        with self.runs.stream(**prepared, event_handler=handler) as stream:
            run = stream.get_final_run()
        self.assertEqual(names(handler.events), [*BEGIN, *SAID, *CALLING])
        self.assertEqual((handler.text, self.said(run)), ("Let me look.", ["Let me look."]))
        self.assertEqual([step.type for step in self.steps(run)], ["message_creation", "tool_calls"])
        self.same(run, stream)
        after, run = self.submitted(run, "looked", "seen")
        self.assertEqual((run.status, after.text, self.said(run)), ("completed", "Found.", ["Let me look.", "Found."]))

    def test_a_refusal(self):
        handler = Counted()
        run = self.followed(handler, self.runs.stream(**self.prepared("refuse"), event_handler=handler))
        self.assertEqual((names(handler.events)[-1], handler.calls["on_text_delta"]), ("thread.run.completed", 0))
        [message] = handler.get_final_messages()
        self.assertEqual(message.content[0].refusal, "I would rather not.")
        deltas = [event.data.delta for event in handler.events if event.event == "thread.message.delta"]
        self.assertEqual("".join(delta.content[0].refusal for delta in deltas), "I would rather not.")
        self.assertEqual(self.messages.list(run.thread_id, run_id=run.id).data, [message])

    def test_a_failure(self):
        handler = Counted()
        run = self.followed(handler, self.runs.stream(**self.prepared("overload"), event_handler=handler))
        self.assertEqual(
            (run.last_error.code, names(handler.events)), ("rate_limit_exceeded", [*BEGIN, "thread.run.failed"])
        )
        self.assertEqual(counted(handler), counts(event=4, end=1))

    def test_an_answer_that_breaks_off(self):
        handler = Counted()
        run = self.followed(handler, self.runs.stream(**self.prepared("too long"), event_handler=handler))
        self.assertEqual((run.incomplete_details.reason, [handler.text]), ("max_prompt_tokens", self.said(run)))
        self.assertEqual(names(handler.events)[: len(BEGIN + SAYING)], [*BEGIN, *SAYING])
        [message] = handler.get_final_messages()
        self.assertEqual((message.status, message.incomplete_details.reason), ("incomplete", "max_tokens"))
        self.assertEqual(names(handler.events)[len(BEGIN + SAYING) :], BROKEN_OFF)

    def test_calls_for_which_there_is_no_room(self):
        handler = Counted()
        options = {**self.prepared("calls without room", "a"), "max_completion_tokens": 256, "event_handler": handler}
        run = self.followed(handler, self.runs.stream(**options))
        self.assertEqual((run.incomplete_details.reason, [handler.text]), ("max_completion_tokens", self.said(run)))
        self.assertEqual(names(handler.events)[-3:], BROKEN_OFF)
