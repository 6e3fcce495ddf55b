"""A little OpenID provider on this machine: discovery, sign-in, tokens signed with RS256, keys.

It does what a real one does over the network, and can be told to do it wrong.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "waymark", "a secret between the two"


class Provider:
    """`subject` is who signs in there; `wrong` are claims that its tokens have instead of the right ones,
    None for one that they do not have."""

    def __init__(self):
        self.subject, self.email = "subject-1", "leon@council.example"
        self.wrong, self.header, self.signs_with = {}, {}, None
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes, self.asked = {}, []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(provider.get(urlsplit(self.path)))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer(provider.token({name: values[0] for name, values in parse_qs(body).items()}))

            def _answer(self, answer):
                self.send_response(200 if answer is not None else 400)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer or {}).encode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = self.named_issuer = f"http://127.0.0.1:{self.server.server_port}"
        # It looks so often, in seconds, whether it is to end.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def get(self, address):
        if address.path == "/.well-known/openid-configuration":
            return {
                "issuer": self.named_issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if address.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [key | {"kid": "one", "use": "sig", "alg": "RS256"}]}
        return None

    def authorize(self, address):
        """Somebody signs in there: the address their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent):
        asked = self.codes.pop(sent.get("code"), None)
        if asked is None or (sent["client_id"], sent["client_secret"]) != (CLIENT_ID, SECRET):
            return None
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "preferred_username": self.email,
            "auth_time": now,
        } | self.wrong
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with or self.key
        algorithm = self.header.get("alg", "RS256")
        headers = {"kid": "one"} | {name: value for name, value in self.header.items() if name != "alg"}
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "id_token": jwt.encode(claims, None if algorithm == "none" else key, algorithm=algorithm, headers=headers),
        }
