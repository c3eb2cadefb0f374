"""Forty threads at once."""

import asyncio
import unittest

from support import async_client

MANY = 40


class Many(unittest.TestCase):
    def test_each_gets_its_own_answer(self):
        asyncio.run(self.talks())

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
