"""Lines, headers, chunks and beginnings that HTTP does not allow, or hardly."""

from __future__ import annotations

BODY = b'{"prompt": "def add(a, b):"}'
HEADERS = (b"Host: 127.0.0.1", b"Content-Type: application/json", b"Content-Length: %d" % len(BODY))
TARGETS = (b"/tokenize", b"/health", b"/v1/models", b"/api/show", b"/v1/messages/count_tokens", b"/v1/steps")
REQUEST_LINES = (
    *(
        b"GET",
        b"GET /health",
        b"GET  /health HTTP/1.1",
        b"GET\t/health\tHTTP/1.1",
        b" GET /health HTTP/1.1",
        b"/health HTTP/1.1",
    ),
    *(
        b"GET /health HTTP/0.9",
        b"GET /health HTTP/1.0",
        b"GET /health HTTP/2.0",
        b"GET /health HTTP/9.9",
        b"GET /health http/1.1",
    ),
    *(
        b"GET /health HTTP/1.1 x",
        b"GET health HTTP/1.1",
        b"GET * HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"CONNECT a:443 HTTP/1.1",
    ),
    *(
        b"GET http://127.0.0.1/health HTTP/1.1",
        b"GET http://evil.example/health HTTP/1.1",
        b"GET //evil/health HTTP/1.1",
    ),
    *(b"GET /" + b"a" * 9000 + b" HTTP/1.1", b"GET /" + b"a" * 70_000 + b" HTTP/1.1", b"G" * 300 + b" / HTTP/1.1"),
    *(
        b"GET /\x00 HTTP/1.1",
        b"GET /\xff\xfe HTTP/1.1",
        b"GET /# HTTP/1.1",
        b"GET /?% HTTP/1.1",
        b"G\x00T / HTTP/1.1",
        b"",
    ),
    *(
        b"GET /%zz HTTP/1.1",
        b"GET /health?" + b"a=1&" * 2000 + b" HTTP/1.1",
        b"GET /../../etc/passwd HTTP/1.1",
        b"QUIT",
    ),
)
HEADER_LINES = (
    *(
        b"no colon",
        b": empty",
        b"Space : x",
        b" folded",
        b"\tfolded",
        b"A: b\n c",
        b"Nul: \x00",
        b"Bell: \x07",
        b"\xff: x",
        b"A: \xff",
    ),
    *(
        b"Host: a",
        b"Host:",
        b"Host: a b",
        b"X: " + b"a" * 9000,
        b"X: " + b"a" * 70_000,
        b"\r",
        b"X_Y: z",
        b"CONTENT_LENGTH: 5",
    ),
    *(
        b"Content-Length: 28",
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: +28",
        b"Content-Length: 0x1c",
    ),
    *(
        b"Content-Length: 28, 28",
        b"Content-Length: 5, 28",
        b"Content-Length: 1e1",
        b"Content-Length:",
        b"Content-Length: \xb2",
    ),
    *(b"Content-Length: " + b"9" * 30, b"Content-Length: 99999999", b"Content-Length: 028", b"Content-Length: 2_8"),
    *(
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding:",
    ),
    *(
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: \x0bchunked",
        b"Trailer: X",
    ),
    *(
        b"Transfer-Encoding: chunked, identity",
        b"transfer-encoding: CHUNKED",
        b"Transfer-Encoding: gzip",
        b"Transfer_Encoding: chunked",
    ),
    *(
        b"Expect: 100-continue",
        b"Expect: 200-ok",
        b"Connection: close, x",
        b"Connection: upgrade",
        b"Connection: \xff",
        b"Keep-Alive: x",
    ),
    *(
        b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAA",
        b"Upgrade: websocket",
    ),
    *(
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: x",
        b"Proxy: http://evil",
    ),
    b"\r\n".join(b"X-%d: y" % number for number in range(150)),
)
CHUNKS = (
    *(
        b"zz\r\n",
        b"-1\r\n",
        b"\r\n",
        b" 5\r\nabcde\r\n",
        b"5 \r\nabcde\r\n0\r\n\r\n",
        b"0x5\r\nabcde\r\n0\r\n\r\n",
        b"5\nabcde\n0\n\n",
    ),
    *(
        b"f" * 17 + b"\r\n",
        b"7fffffffffffffff\r\nabc",
        b"ffffffffffffffff\r\nabc",
        b"5\r\nabc",
        b"5\r\nabcdefgh\r\n0\r\n\r\n",
    ),
    *(b"5;a=b\r\nabcde\r\n0\r\n\r\n", b"5;" + b"a" * 9000 + b"\r\nabcde\r\n0\r\n\r\n", b"5;a\rb\r\nabcde\r\n0\r\n\r\n"),
    *(
        b"0\r\n",
        b"0\r\nX: y\r\n\r\n",
        b"0\r\nno colon\r\n\r\n",
        b"0\r\nContent-Length: 5\r\n\r\n",
        b"0\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ),
    *(
        b"00000\r\n\r\n",
        b"1\r\n{\r\n" * 3000 + b"0\r\n\r\n",
        b"1c\r\n" + BODY + b"\r\n0\r\n\r\n",
        b"1c\r\n" + BODY + b"0\r\n\r\n",
        b"",
    ),
    *(
        b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\xef\xbc\x95\r\nabcde\r\n0\r\n\r\n",
        b"5\r\r\nabcde\r\n0\r\n\r\n",
    ),
)
OTHERS = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n",
    *(
        b"\r\n\r\n\r\n",
        b"\x00" * 5000,
        b"SSH-2.0-x\r\n",
        b"EHLO x\r\n",
        b"\r\nGET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ),
    *(
        b"\n\n",
        b"{}",
        b"a" * 100_000,
        b"<policy-file-request/>\x00",
        b"*1\r\n$4\r\nPING\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ),
)
