# Prints the median time of a small request in milliseconds, over one connection that is kept open.
import http.client
import os
import statistics
import time
from urllib.parse import urlsplit

url = urlsplit(os.environ["OPENAI_BASE_URL"])
headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
connection = http.client.HTTPConnection(url.hostname, url.port)
took = []
for _ in range(2_000):
    began = time.perf_counter()
    connection.request("DELETE", f"{url.path}/threads/thread_1", headers=headers)
    connection.getresponse().read()
    took.append(time.perf_counter() - began)
print(statistics.median(took) * 1e3)
