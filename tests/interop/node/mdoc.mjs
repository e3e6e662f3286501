// @auth0/mdl as issuer, holder and verifier of ISO/IEC 18013-5 documents. Jobs:
//
// issue    issuerKey (JWK), issuerCertificate (PEM), deviceKey (JWK), docType,
//          nameSpaces {ns: {element: value}}, validity {signed, validFrom, validUntil}, kid?
//          -> issuerSigned
// present  issuerSigned, docType, deviceKey (private JWK), elements {ns: [element]}, sessionTranscript,
//          wrapping? "tag24" | "bare"
//          -> deviceResponse
// verify   deviceResponse, sessionTranscript?, roots [PEM], wrapping?, at?
//          -> verdict, reason?, assessments [{id, status, category}], claims {docType: {ns: {element: value}}}
//
// `sessionTranscript` is the CBOR array itself. The library wants it wrapped in tag 24 and does not notice when it is
// not: "bare" passes it unwrapped, to show what that binds to.

import { createRequire } from 'node:module';
import { base64url, bytes, need, run, verdictOf } from './job.mjs';
import { standAt } from './clock.mjs';
import { fromJson, toJson } from './values.mjs';

const require = createRequire(import.meta.url);
const { DataItem, DeviceResponse, Document, Verifier } = require('@auth0/mdl');
const { cborEncode } = require('@auth0/mdl/lib/cbor/index.js');

async function issue(job) {
  const document = new Document(need(job, 'docType'));
  for (const [nameSpace, elements] of Object.entries(need(job, 'nameSpaces'))) {
    document.addIssuerNameSpace(nameSpace, fromJson(elements));
  }
  document.addValidityInfo(dates(need(job, 'validity')));
  document.addDeviceKeyInfo({ deviceKey: need(job, 'deviceKey') });
  const signed = await document.sign({
    issuerPrivateKey: need(job, 'issuerKey'),
    issuerCertificate: need(job, 'issuerCertificate'),
    alg: 'ES256',
    kid: job.kid ?? undefined,
  });
  return { issuerSigned: base64url(cborEncode(signed.prepare().get('issuerSigned'))) };
}

async function present(job) {
  const docType = need(job, 'docType');
  const response = await DeviceResponse.from(unpresented(docType, bytes(need(job, 'issuerSigned'))))
    .usingPresentationDefinition(definition(docType, need(job, 'elements')))
    .usingSessionTranscriptBytes(transcript(job))
    .authenticateWithSignature(need(job, 'deviceKey'), 'ES256')
    .sign();
  return { deviceResponse: base64url(response.encode()) };
}

async function verify(job) {
  standAt(job.at);
  const encoded = bytes(need(job, 'deviceResponse'));
  const verifier = new Verifier(need(job, 'roots'));
  const options = job.sessionTranscript === undefined ? {} : { encodedSessionTranscript: transcript(job) };
  const verdict = await verdictOf(async () => ({ claims: claims(await verifier.verify(encoded, options)) }));
  return { ...verdict, assessments: await assessments(verifier, encoded, options) };
}

/** Every check that the library reports, failed ones too, where `verify` alone stops at the first. */
async function assessments(verifier, encoded, options) {
  const seen = [];
  const onCheck = ({ id, status, category }) => seen.push({ id, status, category });
  await verifier.verify(encoded, { ...options, onCheck }).catch((error) => {
    seen.push({ id: 'THROWN', status: 'FAILED', category: error.message });
  });
  return seen;
}

function claims(mdoc) {
  return Object.fromEntries(mdoc.documents.map((document) => [
    document.docType,
    Object.fromEntries(document.issuerSignedNameSpaces.map((ns) => [ns, toJson(document.getIssuerNameSpace(ns))])),
  ]));
}

/** The library presents from a DeviceResponse without deviceSigned; its bytes are joined here so that none is re-encoded. */
function unpresented(docType, issuerSigned) {
  return Buffer.concat([
    Buffer.from([0xa3]), cborEncode('version'), cborEncode('1.0'),
    cborEncode('documents'), Buffer.from([0x81, 0xa2]),
    cborEncode('docType'), cborEncode(docType), cborEncode('issuerSigned'), issuerSigned,
    cborEncode('status'), cborEncode(0),
  ]);
}

function definition(docType, elements) {
  const fields = Object.entries(elements).flatMap(([ns, names]) => names.map((name) => ({
    path: [`$['${ns}']['${name}']`],
    intent_to_retain: false,
  })));
  const format = { mso_mdoc: { alg: ['ES256'] } };
  return { id: 'request', input_descriptors: [{ id: docType, format, constraints: { limit_disclosure: 'required', fields } }] };
}

function transcript(job) {
  const bare = bytes(need(job, 'sessionTranscript'));
  return job.wrapping === 'bare' ? bare : cborEncode(new DataItem({ buffer: bare }));
}

const dates = (validity) => Object.fromEntries(Object.entries(validity).map(([name, time]) => [name, new Date(time)]));

await run({ issue, present, verify });
