//! Presentations as text, and files that an editor ended with a line feed.

use mapae_jose::base64url;
use mapae_reader::{NotAPresentation, presentation::from_text};
use testkit::{BOTH, Format, World, now};

use crate::scene::verdict;

#[test]
fn a_presentation_is_read_from_text_in_either_format() {
    let world = World::new();
    let mdoc = world.show(Format::Mdoc);
    let sd_jwt = world.show(Format::SdJwt);
    let text = base64url::encode(&mdoc);
    let wrapped: Vec<&str> = text.as_bytes().chunks(76).map(|line| core::str::from_utf8(line).unwrap()).collect();
    assert_eq!(from_text(&text).unwrap(), mdoc);
    assert_eq!(from_text(&format!(" {}\r\n", wrapped.join("\r\n"))).unwrap(), mdoc, "broken by mail");
    assert_eq!(from_text(&format!("{}\n", core::str::from_utf8(&sd_jwt).unwrap())).unwrap(), sd_jwt);
}

#[test]
fn padding_that_others_write_is_taken() {
    assert_eq!(from_text("oWE=").unwrap(), from_text("oWE").unwrap());
}

#[test]
fn other_text_is_no_presentation() {
    for text in ["", " \n", "안녕", "not base64!", "{\"vp_token\":{}}"] {
        assert_eq!(from_text(text).unwrap_err(), NotAPresentation, "{text}");
    }
}

#[test]
fn a_line_feed_at_the_end_of_a_text_changes_nothing() {
    for format in BOTH {
        let world = World::new();
        let mut shown = world.show(format);
        shown.push(b'\n');
        let code = verdict(&world, &shown, now()).map_or_else(|reason| reason.code(), |_| "held");
        // An mdoc is not text: what follows it was not signed for.
        assert_eq!(code, if format == Format::SdJwt { "held" } else { "malformed" });
    }
    let world = World::new();
    let mut shown = world.show(Format::SdJwt);
    shown.extend(b"\r\n");
    assert!(verdict(&world, &shown, now()).is_ok());
}
