// An authenticator for a page, made by the browser's own debugging protocol: with user verification and PRF, as a phone's.

const PHONE = {
  protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal",
  hasResidentKey: true, hasUserVerification: true, hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true,
};

/** Plugs one into the page; it stays through reloads, and goes with the page. */
export async function plugIn({ context, page }, also = {}) {
  const debug = await context.newCDPSession(page);
  await debug.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await debug.send("WebAuthn.addVirtualAuthenticator", { options: { ...PHONE, ...also } });
  const to = (command, more) => debug.send(`WebAuthn.${command}`, { authenticatorId, ...more });
  return {
    credentials: async () => (await to("getCredentials")).credentials,
    /** The signing half of a passkey. What PRF answers with does not leave the authenticator it was made in. */
    take: (credential) => to("addCredential", { credential }),
    /** Whether the finger is the owner's. */
    verifies: (isUserVerified) => to("setUserVerified", { isUserVerified }),
    remove: () => to("removeVirtualAuthenticator"),
  };
}
