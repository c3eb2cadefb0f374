"""A program as anybody writes it: nothing in it knows of `asst`. It leaves a thread, and prints it."""

import openai

client = openai.OpenAI()
assistant = client.beta.assistants.create(model="echo", name="Recorded")
thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
client.beta.threads.messages.create(thread.id, role="user", content="Hello again")
run = client.beta.threads.runs.create_and_poll(
    thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=20
)
assert run.status == "completed", run
file = client.files.create(file=("notes.txt", b"x" * 600_000), purpose="vision")
assert client.files.content(file.id).read() == b"x" * 600_000
client.files.delete(file.id)
large = client.uploads.upload_file_chunked(
    file=b"y" * 600_000, filename="large.txt", bytes=600_000, mime_type="text/plain", purpose="vision", part_size=250_000
)
assert client.files.content(large.file.id).read() == b"y" * 600_000
client.conversations.create(items=[{"role": "user", "content": "Hello"}])
client.beta.assistants.delete(assistant.id)
print(thread.id)
