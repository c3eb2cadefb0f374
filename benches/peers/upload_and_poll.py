# The first sync of a folder with the Python SDK: `upload_and_poll` of each file, CONCURRENCY at once.
import concurrent.futures
import pathlib
import sys

from openai import OpenAI

folder, store, concurrency = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
client = OpenAI()
with concurrent.futures.ThreadPoolExecutor(concurrency) as pool:
    uploads = [pool.submit(client.vector_stores.files.upload_and_poll, vector_store_id=store, file=path) for path in folder.iterdir()]
    failed = sum(upload.result().status != "completed" for upload in uploads)
sys.exit(failed > 0)
