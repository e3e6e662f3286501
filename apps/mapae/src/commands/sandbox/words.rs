//! What is said when a sandbox starts: by what to begin.

use serde_json::{Value, json};

use super::{Folder, folder::REDIRECTS};

impl Folder {
    /// A dialogue that a developer can paste into a shell: a session begins, a sample person answers, and verified claims come out.
    fn dialogue(&self) -> Vec<String> {
        let (base, key) = (self.base_url(), &self.api_key);
        vec![
            format!("V={base}"),
            format!("K='Authorization: Bearer {key}'"),
            "# Your server begins a session. Its answer has a link, a QR code, and a number that both screens show.".to_owned(),
            r#"S=$(curl -s $V/sessions -H "$K" -d '{"use":"identity","flow":"cross_device"}')"#.to_owned(),
            r#"ID=$(printf %s "$S" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')"#.to_owned(),
            "# A person would scan the code. Here a sample person answers; \"break\":\"revoked\" beside it goes wrong.".to_owned(),
            r#"curl -s $V/sandbox/sessions/$ID/answer -d '{"format":"sd-jwt"}'; echo"#.to_owned(),
            "# Your server fetches the result: verified claims, or why there are none. The trace says what was checked.".to_owned(),
            r#"curl -s $V/sessions/$ID -H "$K"; echo"#.to_owned(),
            "curl -s $V/sandbox/sessions/$ID/trace; echo".to_owned(),
        ]
    }

    /// For programs.
    pub(crate) fn told(&self) -> Value {
        let base = self.base_url();
        json!({
            "sample": true,
            "verifier": base,
            "sandbox": format!("{base}/sandbox"),
            "dir": self.dir.display().to_string(),
            "api_key": self.api_key,
            "openid": {
                "discovery": format!("{base}/openid/.well-known/openid-configuration"),
                "client_id": "sandbox",
                "client_secret": self.client_secret,
                "redirect_uris": REDIRECTS,
            },
            "curl": self.dialogue(),
        })
    }

    /// For people; who runs it says where it answers after that.
    pub(crate) fn text(&self) -> String {
        let (base, dialogue) = (self.base_url(), self.dialogue().join("\n"));
        format!(
            "SAMPLE: people, documents and their issuer are made up; whoever reaches this may be any of them.\n\
             Page      {base}/sandbox\n\
             API key   {}\n\
             OpenID    {base}/openid/.well-known/openid-configuration\n          \
             client_id sandbox, client_secret {}\n          redirect_uri {}\n\
             Settings  {}\n\nTry it in another shell:\n\n{dialogue}\n\nSandbox",
            self.api_key,
            self.client_secret,
            REDIRECTS.join(", "),
            self.config().display(),
        )
    }
}
