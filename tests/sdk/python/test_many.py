"""Many at once: forty threads side by side, and forty callers who want the same."""

import asyncio
import unittest

import openai

from support import async_client, function

MANY = 40


class Many(unittest.TestCase):
    def test_each_thread_gets_its_own_answer(self):
        asyncio.run(self.talks())

    def test_one_wins(self):
        asyncio.run(self.races())

    async def talks(self):
        async with async_client() as client:
            threads, messages, runs = client.beta.threads, client.beta.threads.messages, client.beta.threads.runs
            assistant = await client.beta.assistants.create(model="echo")

            async def talk(number):
                thread = await threads.create()
                await messages.create(thread.id, role="user", content=f"number {number}")
                run = await runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=50)
                said = [one.content[0].text.value async for one in messages.list(thread.id, limit=1, order="asc")]
                await threads.delete(thread.id)
                return run.status, said

            ended = await asyncio.gather(*(talk(number) for number in range(MANY)))
            self.assertEqual(ended, [("completed", [f"number {number}"] * 2) for number in range(MANY)])

    async def races(self):
        async with async_client() as client:
            threads, runs = client.beta.threads, client.beta.threads.runs
            assistant = await client.beta.assistants.create(model="echo", tools=[function("a")])
            thread = (await threads.create(messages=[{"role": "user", "content": "call a"}])).id
            run = await self.winner(
                lambda number: runs.create(thread, assistant_id=assistant.id, metadata={"number": str(number)}),
                lambda run: f"Thread {thread} already has an active run {run.id}.",
            )
            self.assertEqual([one.id async for one in runs.list(thread)], [run.id])
            waiting = await runs.poll(run.id, thread_id=thread, poll_interval_ms=20)
            [call] = waiting.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": "1"}]
            await self.winner(
                lambda number: runs.submit_tool_outputs(run.id, thread_id=thread, tool_outputs=outputs),
                lambda run: "do not accept tool outputs.",
            )
            self.assertEqual((await runs.poll(run.id, thread_id=thread, poll_interval_ms=20)).status, "completed")
            await self.winner(
                lambda number: threads.delete(thread), lambda gone: f"No thread found with id '{thread}'."
            )

    async def winner(self, call, message):
        """Calls many times at once; one call succeeds, and the others say why they do not."""
        ended = await asyncio.gather(*(call(number) for number in range(MANY)), return_exceptions=True)
        lost = [one for one in ended if isinstance(one, openai.APIStatusError)]
        [won] = [one for one in ended if one not in lost]
        for error in lost:
            self.assertIn(message(won), error.body["message"])
        return won
