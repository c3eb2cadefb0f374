-- What wrk sends where threads are made.
wrk.method = "POST"
wrk.body = '{"metadata":{"user":"u-1"}}'
wrk.headers["Content-Type"] = "application/json"
