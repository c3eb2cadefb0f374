-- The request that wrk sends to create threads.
wrk.method = "POST"
wrk.body = '{"metadata":{"user":"u-1"}}'
wrk.headers["Content-Type"] = "application/json"
