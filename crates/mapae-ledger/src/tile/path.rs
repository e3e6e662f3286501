//! Where a tile is (tlog-tiles, "Merkle Tree", "Partial Tiles" and "Log entries").

use core::{fmt, str::FromStr};

use crate::{TileError, text, tile::FULL};

/// Levels that the format knows; a tree of 2⁶³ leaves has 8.
const LEVELS: u8 = 64;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// Hashes of complete subtrees of 256^`level` leaves.
    Hashes {
        /// 0 to 63.
        level: u8,
    },
    /// Entries.
    Entries,
}

/// The path of a tile below the log's prefix, such as `tile/0/x001/x234/067.p/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    /// 1 to 256.
    width: u16,
}

impl TilePath {
    /// The `index`-th tile of its kind in a tree of `size` leaves, as wide as it is there; nothing if it is empty.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        // "The partial tile at level l for a tree of size s has floor(s / 256**l) mod 256 entries."
        let items = size.checked_shr(8 * u32::from(kind.level())).unwrap_or(0);
        let width = items.saturating_sub(index.checked_mul(FULL)?).min(FULL);
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { kind, index, width })
    }

    /// What it holds.
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its index in its level.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it has, 1 to 256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has all 256.
    pub const fn is_full(&self) -> bool {
        self.width == 256
    }

    /// The full tile in its place, which replaces it when the log has grown.
    pub const fn full(self) -> Self {
        Self { width: 256, ..self }
    }
}

impl TileKind {
    const fn level(self) -> u8 {
        match self {
            Self::Hashes { level } => level,
            Self::Entries => 0,
        }
    }

    /// "A decimal ASCII integer between 0 and 63, with no additional leading zeroes", or `entries`.
    fn parse(text: &str) -> Option<Self> {
        if text == "entries" {
            return Some(Self::Entries);
        }
        let level = u8::try_from(text::decimal(text)?).ok().filter(|level| *level < LEVELS)?;
        Some(Self::Hashes { level })
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    /// Reads a path in its one spelling, for those who serve tiles.
    fn from_str(text: &str) -> Result<Self, TileError> {
        let path = parse(text).ok_or(TileError::PathMalformed)?;
        if path.to_string() == text { Ok(path) } else { Err(TileError::PathMalformed) }
    }
}

/// Reads a path in one of several spellings.
fn parse(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, u16::try_from(text::decimal(width)?).ok()?),
        None => (rest, 256),
    };
    // "A decimal ASCII integer between 1 and 255"; a full tile has no suffix, which the spelling shows.
    let width = Some(width).filter(|width| (1..=256).contains(width))?;
    let index = index.split('/').try_fold(0_u64, |index, part| {
        let digits = part.strip_prefix('x').unwrap_or(part);
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u16>().ok())??;
        index.checked_mul(1000)?.checked_add(u64::from(number))
    })?;
    Some(TilePath { kind: TileKind::parse(kind)?, index, width })
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}")?,
            TileKind::Entries => f.write_str("tile/entries")?,
        }
        // "Zero-padded 3-digit path elements. All but the last path element MUST begin with an x."
        let digits = 1 + self.index.checked_ilog(1000).unwrap_or(0);
        for place in (1..digits).rev() {
            write!(f, "/x{:03}", self.index / 1000_u64.pow(place) % 1000)?;
        }
        write!(f, "/{:03}", self.index % 1000)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}
