"""PyPI `sd-jwt` as issuer, holder and verifier of SD-JWTs.

JSON jobs on stdin, JSON results on stdout, as in ../node/job.mjs. Jobs:

issue    issuerKey (JWK), x5c [base64 DER], holderKey (JWK), claims, selective [name], decoys?
         -> sdJwt
present  sdJwt, holderKey (private JWK), disclose {name: true | {...}}, nonce, aud, iat?
         -> presentation
verify   presentation, issuerKey (JWK), nonce?, aud?
         -> verdict, reason?, claims

The library leaves the issuer's key, and with it the certificate chain, to a callback of the caller; so does this
script: the key is the job's. It knows SD-JWT (RFC 9901) and not SD-JWT VC: `vct`, `typ` and `status` are plain data to it.
It has no option for a time, since it compares none.
"""

import json
import sys

import sd_jwt.holder
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

CLOCK = sd_jwt.holder.time


def issue(job):
    selective = set(job["selective"])
    claims = {SDObj(name) if name in selective else name: value for name, value in job["claims"].items()}
    issuer = SDJWTIssuer(
        user_claims=claims,
        issuer_key=key(job["issuerKey"]),
        holder_key=key(job["holderKey"]),
        add_decoy_claims=bool(job.get("decoys")),
        extra_header_parameters={"typ": "dc+sd-jwt", "x5c": job["x5c"]},
    )
    return {"sdJwt": issuer.sd_jwt_issuance}


def present(job):
    stand_at(job.get("iat"))
    holder = SDJWTHolder(job["sdJwt"])
    holder.create_presentation(job["disclose"], job["nonce"], job["aud"], key(job["holderKey"]))
    return {"presentation": holder.sd_jwt_presentation}


def verify(job):
    issuer_key = key(job["issuerKey"])
    try:
        verifier = SDJWTVerifier(
            job["presentation"],
            lambda _issuer, _header: issuer_key,
            job.get("aud"),
            job.get("nonce"),
        )
        return {"verdict": "accepted", "claims": verifier.get_verified_payload()}
    except Exception as error:  # the library says no by raising whatever comes first
        return {"verdict": "refused", "reason": f"{type(error).__name__}: {error}"}


def key(jwk):
    return JWK.from_json(json.dumps(jwk))


def stand_at(iat):
    """The library takes `iat` of a key-binding JWT from the clock; an old one needs another clock."""
    sd_jwt.holder.time = CLOCK if iat is None else lambda: iat


def answer(line):
    try:
        job = json.loads(line)
        return {"ok": True, **{"issue": issue, "present": present, "verify": verify}[job["job"]](job)}
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
