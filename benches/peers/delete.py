# Deletes the threads whose IDs are in a file, with the Python SDK, 64 at a time.
import asyncio
import sys

from openai import AsyncOpenAI


async def main():
    client, ids = AsyncOpenAI(), iter(open(sys.argv[1]).read().split())

    async def work():
        for thread in ids:
            await client.beta.threads.delete(thread)

    await asyncio.gather(*(work() for _ in range(64)))


asyncio.run(main())
