//! Where a claim is, in the manner of OpenID4VP 1.0 §7 (claims path pointer).

/// One step towards a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathElement<'p> {
    /// The member of an object.
    Name(&'p str),
    /// The element of an array, from 0, counted over those that the holder has.
    Index(usize),
    /// Every element of an array.
    Every,
}

/// One step to where a disclosure belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl PathElement<'_> {
    fn fits(&self, step: &Step) -> bool {
        match (self, step) {
            (Self::Name(wanted), Step::Name(name)) => wanted == name,
            (Self::Index(wanted), Step::Index(index)) => wanted == index,
            (Self::Every, Step::Index(_)) => true,
            _ => false,
        }
    }
}

/// Whether a disclosure at `place` is needed to show `path`: on the way to it, at it, or inside it.
pub(crate) fn needed(path: &[PathElement<'_>], place: &[Step]) -> bool {
    path.iter().zip(place).all(|(element, step)| element.fits(step))
}
