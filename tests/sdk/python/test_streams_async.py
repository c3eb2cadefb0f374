"""Streams and polls of the asynchronous client, alone and ten at once."""

import asyncio
import unittest

import openai

from streams import (
    BEGIN,
    CALLING,
    ENDLESS,
    GOES_ON,
    PLAIN,
    SAID,
    SAYING,
    CountedAsync,
    calls_of,
    hold,
    names,
    outputs,
)
from support import async_client, function

MANY = 10


class Streams(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = await self.enterAsyncContext(async_client())
        self.threads = self.client.beta.threads
        self.runs, self.messages = self.threads.runs, self.threads.messages

    async def prepared(self, text, *functions):
        assistant = await self.client.beta.assistants.create(model="echo", tools=[function(name) for name in functions])
        thread = await self.threads.create(messages=[{"role": "user", "content": text}])
        return {"thread_id": thread.id, "assistant_id": assistant.id}

    async def said(self, run):
        listed = self.messages.list(run.thread_id, run_id=run.id, order="asc")
        return [message.content[0].text.value async for message in listed]

    async def test_create_and_submit(self):
        begun = await self.runs.create(**await self.prepared("call a", "a"), stream=True)
        events = [hold(event) async for event in begun]
        self.assertEqual(names(events), [*BEGIN, *CALLING])
        run = events[-1].data
        submitted = {"run_id": run.id, "thread_id": run.thread_id, "tool_outputs": outputs(run)}
        events = [hold(event) async for event in await self.runs.submit_tool_outputs(**submitted, stream=True)]
        self.assertEqual(names(events), [*GOES_ON, *SAID, "thread.run.completed"])
        self.assertEqual(await self.said(run), ["a: of a"])

    async def test_threads_create_and_run(self):
        prepared = await self.prepared("")
        thread = {"messages": [{"role": "user", "content": "hello"}]}
        options = {"assistant_id": prepared["assistant_id"], "thread": thread}
        events = [hold(event) async for event in await self.threads.create_and_run(**options, stream=True)]
        self.assertEqual(names(events), ["thread.created", *PLAIN])
        handler = CountedAsync()
        async with self.threads.create_and_run_stream(**options, event_handler=handler) as stream:
            await stream.until_done()
        self.assertEqual((names(handler.events), handler.text), (["thread.created", *PLAIN], "hello"))

    async def test_each_callback(self):
        handler = CountedAsync()
        async with self.runs.stream(**await self.prepared("one two three"), event_handler=handler) as stream:
            run = await stream.get_final_run()
        self.assertEqual(names(handler.events), PLAIN)
        self.assertEqual((handler.calls["on_text_delta"], handler.calls["on_end"]), (3, 1))
        self.assertEqual([handler.text], await self.said(run))
        [message] = await stream.get_final_messages()
        self.assertEqual(
            handler.done,
            [message.content[0].text, message, *(await self.runs.steps.list(run.id, thread_id=run.thread_id)).data],
        )
        self.assertEqual([step.id for step in await stream.get_final_run_steps()], [handler.done[-1].id])

    async def test_calls(self):
        handler, after = CountedAsync(), CountedAsync()
        prepared = await self.prepared('call a {"x": 1}\ncall b', "a", "b")
        async with self.runs.create_and_stream(**prepared, event_handler=handler) as stream:
            run = await stream.get_final_run()
        self.assertEqual([call.function.arguments for call in calls_of(run)], [*handler.arguments.values()])
        self.assertEqual((handler.calls["on_tool_call_created"], handler.calls["on_tool_call_done"]), (2, 2))
        submitted = {"run_id": run.id, "thread_id": run.thread_id, "tool_outputs": outputs(run)}
        async with self.runs.submit_tool_outputs_stream(**submitted, event_handler=after) as stream:
            self.assertEqual([text async for text in stream.text_deltas], ["a: ", "of ", "a\n", "b: ", "of ", "b"])
        self.assertEqual(names(after.events), [*GOES_ON, *SAID, "thread.run.completed"])

    async def test_cancel_in_mid_stream(self):
        handler = CountedAsync()
        async with self.runs.stream(**await self.prepared(ENDLESS), event_handler=handler) as stream:
            async for event in stream:
                if event.event == "thread.message.delta" and handler.calls["on_text_delta"] == 1:
                    run = stream.current_run
                    await self.runs.cancel(run.id, thread_id=run.thread_id)
        end = ["thread.message.incomplete", "thread.run.step.cancelled", "thread.run.cancelled"]
        self.assertEqual(names(handler.events), [*BEGIN, *SAYING, "thread.run.cancelling", *end])
        self.assertEqual([handler.text], await self.said(run))

    async def test_a_task_that_is_cancelled(self):
        begun = asyncio.get_running_loop().create_future()

        async def follow(prepared):
            async with self.runs.stream(**prepared) as stream:
                async for _ in stream.text_deltas:
                    if not begun.done():
                        begun.set_result(stream.current_run)

        task = asyncio.create_task(follow(await self.prepared("pace 10ms\n" + "word " * 30)))
        run = await begun
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        run = await self.runs.poll(run.id, thread_id=run.thread_id, poll_interval_ms=20)
        self.assertEqual((run.status, (await self.said(run))[0].split()), ("completed", ["word"] * 30))

    async def test_ten_at_once(self):
        async def talk(number):
            text = f"pace 5ms\nnumber {number} " + "and so on " * number
            handler = CountedAsync()
            async with self.runs.stream(**await self.prepared(text), event_handler=handler) as stream:
                run = await stream.get_final_run()
            self.assertEqual(names(handler.events), PLAIN)
            self.assertIn(f"number {number} ", handler.text)
            self.assertEqual([handler.text], await self.said(run))

        await asyncio.gather(*(talk(number) for number in range(MANY)))

    async def test_ten_who_want_the_same(self):
        prepared = await self.prepared("sleep 9m")

        async def wanted():
            async for event in await self.runs.create(**prepared, stream=True):
                if event.event == "thread.run.created":
                    self.winner.set_result(event.data)
            return event.data

        self.winner = asyncio.get_running_loop().create_future()
        tasks = [asyncio.create_task(wanted()) for _ in range(MANY)]
        run = await self.winner
        # All others are refused before the one that goes on is ended.
        while sum(task.done() for task in tasks) < MANY - 1:
            await asyncio.sleep(0.01)
        await self.runs.cancel(run.id, thread_id=run.thread_id)
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        [won] = [one for one in ended if not isinstance(one, openai.BadRequestError)]
        self.assertEqual((won.id, won.status), (run.id, "cancelled"))

    async def test_polls(self):
        run = await self.runs.create_and_poll(**await self.prepared("call a", "a"), poll_interval_ms=20)
        submitted = {"run_id": run.id, "thread_id": run.thread_id, "tool_outputs": outputs(run)}
        run = await self.runs.submit_tool_outputs_and_poll(**submitted, poll_interval_ms=20)
        self.assertEqual((run.status, await self.said(run)), ("completed", ["a: of a"]))
        run = await self.threads.create_and_run_poll(assistant_id=run.assistant_id, poll_interval_ms=20)
        self.assertEqual(run.status, "completed")
