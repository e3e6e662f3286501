//! Keys made by `openssl` 3.0 for these tests, and a signature by each over `message`.

use mapae_crypto::{Curve, PublicKey, Signature};

pub(crate) const MESSAGE: &[u8] = b"message";

/// `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`
pub(crate) const P256_PKCS8: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgduysMosuUKimrOgP
i+iXCvwppfq8DbZc49Eyfr7/FGKhRANCAATUdlP0Bw3U/suNmexc7Xk3V1nReCuE
yPWDDABy3XtUWpvki0RGtw4Ww+hHBWzuSyOcveh3/3dDM28DV90cVqqH
-----END PRIVATE KEY-----
";

/// Its scalar, as `openssl pkey -text` prints it.
pub(crate) const P256_SCALAR: &str = "76ecac328b2e50a8a6ace80f8be8970afc29a5fabc0db65ce3d1327ebeff1462";

/// The same by `openssl ec`: SEC 1 instead of PKCS#8.
pub(crate) const P256_SEC1: &str = "-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIHbsrDKLLlCopqzoD4volwr8KaX6vA22XOPRMn6+/xRioAoGCCqGSM49
AwEHoUQDQgAE1HZT9AcN1P7LjZnsXO15N1dZ0XgrhMj1gwwAct17VFqb5ItERrcO
FsPoRwVs7ksjnL3od/93QzNvA1fdHFaqhw==
-----END EC PRIVATE KEY-----
";

/// The same under a password.
pub(crate) const P256_ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjok8ds0PCpQgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOONbkOwuk0D2AFeBUXdtUIEgZC2
nrpBa0TsiFYFae+4StVToF+889eDJBGjtpBx20TMOAh0fyGrTbTvR+/h5x1wvhKT
B/gKSVzbX4dtoFTvMe0G96V+GHUzQq5imGdE/zYQrhWZL/rnU1qBXIxluUYQ8QFB
3m8661qmoZOR0VrqalvwAx6F3w8m/sHsbgFyGMrouzaiLmZvW+leaZq7LSOK2VE=
-----END ENCRYPTED PRIVATE KEY-----
";

/// Its public half by `openssl pkey -pubout`.
pub(crate) const P256_SPKI: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1HZT9AcN1P7LjZnsXO15N1dZ0Xgr
hMj1gwwAct17VFqb5ItERrcOFsPoRwVs7ksjnL3od/93QzNvA1fdHFaqhw==
-----END PUBLIC KEY-----
";

/// The same by `openssl ec -conv_form compressed`.
pub(crate) const P256_SPKI_COMPRESSED: &str = "-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAD1HZT9AcN1P7LjZnsXO15N1dZ0Xgr
hMj1gwwAct17VFo=
-----END PUBLIC KEY-----
";

/// The same by `openssl ec -param_enc explicit`: the curve spelt out, which is how CVE-2020-0601 began.
pub(crate) const P256_SPKI_EXPLICIT: &str = "-----BEGIN PUBLIC KEY-----
MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABNR2U/QHDdT+y42Z7FzteTdX
WdF4K4TI9YMMAHLde1Ram+SLREa3DhbD6EcFbO5LI5y96Hf/d0MzbwNX3RxWqoc=
-----END PUBLIC KEY-----
";

/// `openssl dgst -sha256 -sign`
pub(crate) const P256_SIGNATURE: &str = "304502207280dc3e0f987452cc1c63dcca54d32784e85714612d0e7c5c1391c67e93\
     9820022100a04ee0fd12b2d7de2601b8e6016dc5e1b536719bbc19b6d0f55c27687b636366";

/// `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384`
pub(crate) const P384_PKCS8: &str = "-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCDMI6++1CJry/KdMfV
PR+MNzhCtkpM8E2N+Wbjv7dyqWhz8YH1SVY28h0XbTDKYI+hZANiAAQ8HSNSjdXv
7E+9TBHA7J9vMtchuQDhvVftfYU3WMurgCB/e2Cb5gjC8BpelhRM+I7cUrOsq39h
nW0+gGedDUIL655w4wPrcOIXTqP/Pg/3RIjFuMb3U/PaQ1wyxA/hhXM=
-----END PRIVATE KEY-----
";

/// Its public half.
pub(crate) const P384_SPKI: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEPB0jUo3V7+xPvUwRwOyfbzLXIbkA4b1X
7X2FN1jLq4Agf3tgm+YIwvAaXpYUTPiO3FKzrKt/YZ1tPoBnnQ1CC+uecOMD63Di
F06j/z4P90SIxbjG91Pz2kNcMsQP4YVz
-----END PUBLIC KEY-----
";

/// `openssl dgst -sha384 -sign`
pub(crate) const P384_SIGNATURE: &str = "3066023100835b8ca905aa13295d665f2ab95a43aa6783ff389e30c363d0dc680164b\
     4c771a96efd67473848797cffe9c0c10bfece023100889efd75626cc18b7483db0e7c205871df6ce33239046f3bf8b9102135e71fd\
     047b1356849dfa61b1d67994c22614fa9";

/// `openssl genpkey -algorithm ED25519`
pub(crate) const ED25519_PKCS8: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIMOPl74vmY5v2qt9ihReHk8U2MFeLlVv81tb2k/+DMjb
-----END PRIVATE KEY-----
";

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// Point, message and signature (r ‖ s) of the P-384 key.
pub(crate) fn p384_by_openssl() -> (Vec<u8>, &'static [u8], Vec<u8>) {
    let key = PublicKey::from_spki_pem(P384_SPKI).unwrap();
    let signature = Signature::from_der(Curve::P384, &hex(P384_SIGNATURE)).unwrap();
    (key.sec1().to_vec(), MESSAGE, signature.as_bytes().to_vec())
}
