//! Every upper bound, in one place, the unit last in the name.
//!
//! Bad input is the normal case: nothing grows without one of these. `pipeline.toml`, `[limits]`, lists those of
//! [`Limits`] and may set each lower or higher; the constants are the program's own.

use serde::{Deserialize, Serialize};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Plaintext bytes of one sealed part. A part is sealed, written and acknowledged as a whole and is held in memory
/// meanwhile; smaller parts cost more `fsync`s, larger ones more memory and more to send again after a drop.
pub const PART_BYTES_MAX: u64 = 4 * MIB;

/// Bytes at the head of an entry that recognition may look at: enough for the volume descriptor of a disc
/// image (ECMA-119 8.1: sector 16 of 2,048 bytes) with one sector to spare.
pub const SNIFF_BYTES_MAX: usize = 36 * 1024 + 512;

/// Sessions of a disc that are looked at: a CD has room for about 45 (each takes 13 MB and more besides its files).
pub const DISC_SESSIONS_MAX: usize = 48;

/// Bytes behind the first session in which later ones are searched for: more than a CD has.
pub const DISC_SESSION_SEARCH_BYTES_MAX: u64 = 1 << 30;

/// Bytes of one frame between daemon and inspector.
pub const FRAME_BYTES_MAX: usize = 1 << 20;

/// Bytes of one message of facts from an inspector: a manifest of 100,000 rows with 20 fields needs about 50 MB.
pub const FACTS_BYTES_MAX: u64 = 64 * MIB;

/// Values in one message from an inspector (numbers and texts, empty ones too): the same manifest has 12 million.
pub const FACTS_ITEMS_MAX: usize = 16_000_000;

/// Frames of a multi-frame object whose positions are noted: the longest CT of today has a few thousand.
pub const FRAMES_PLACED_MAX: usize = 10_000;

/// Runs of empty frames that are noted of one object: a copy that breaks off leaves one.
pub const EMPTY_FRAME_RUNS_MAX: usize = 64;

/// Pixels of an object beyond which it is not decoded just to see whether it shows anything: half a minute of decoding.
pub const SAMPLE_PIXELS_MAX: u64 = 128 << 20;

/// Misses of each kind that a report of an evaluation shows: a page of thousands of pictures helps nobody.
pub const REPORT_MISSES_MAX: usize = 200;

/// Observations, people and search fields of one document, each.
pub const FACTS_ROWS_MAX: usize = 10_000;

/// Parts of one such row: names and identifiers of a person, components of a file id, columns of a manifest.
pub const FACTS_PARTS_MAX: usize = 1_000;

/// Bytes of one text in facts.
pub const FACTS_TEXT_BYTES_MAX: usize = 64 * KIB as usize;

/// Bytes of the reason that is given for accepting or setting a finding: a paragraph, not a letter.
pub const RULING_REASON_BYTES_MAX: usize = 4 * KIB as usize;

/// Names that are noted of what an intake was given and could not read: a disc that fails altogether has thousands.
pub const NOT_READ_NAMED_MAX: usize = 100;

/// People of one document that are compared with the case's child: who names more is a list of people.
pub const PEOPLE_JUDGED_MAX: usize = 500;

/// Different records of people on one medium that are put together where they are one person's: pairs are compared.
pub const IDENTITIES_MERGED_MAX: usize = 200;

/// Numbers of the child that are learnt from a case's documents; a child is known in a few hospitals.
pub const NUMBERS_LEARNT_MAX: usize = 64;

/// Hashes kept of a text to find its like: with so many, a likeness of 0.6 is known within 0.07 (two standard errors).
pub const TEXT_PRINT_RUNS_MAX: usize = 200;

/// Numbers and dates kept of a text, to say what differs.
pub const TEXT_PRINT_FIGURES_MAX: usize = 200;

/// Words of a text that its likeness is told from: the first 500 pages or so.
pub const TEXT_PRINT_WORDS_MAX: usize = 200_000;

/// Documents that one shared inspector reads before it is replaced, so that leaks do not add up.
pub const INSPECTOR_DOCUMENTS_MAX: u32 = 1_000;

/// Bytes of dictionary that an archive may ask for: 7-Zip's strongest setting takes 256 MiB, and an inspector has 1 GiB.
pub const DICTIONARY_BYTES_MAX: u64 = 512 * MIB;

/// Elements of a medical message, and levels of them, that are kept while it is read: a hospital stay of a year takes
/// some 200,000, and each takes up to 200 bytes.
pub const MESSAGE_ELEMENTS_MAX: usize = 2_000_000;

/// See `MESSAGE_ELEMENTS_MAX`; deep narratives have some 40.
pub const MESSAGE_DEPTH_MAX: usize = 128;

/// Seconds an idle inspector waits for the next document of its arrival.
pub const INSPECTOR_IDLE_SECONDS_MAX: u64 = 10;

/// Bytes an inspector may read for each byte of its document, and `INSPECTOR_READ_BYTES_MIN` beside: an honest reader
/// goes back and forth, an endless one would keep the host busy for ever.
pub const INSPECTOR_READ_RATIO_MAX: u64 = 16;

/// See `INSPECTOR_READ_RATIO_MAX`.
pub const INSPECTOR_READ_BYTES_MIN: u64 = GIB;

/// Address space of the language process: its models, once loaded, take about half of it.
pub const LANGUAGE_MEMORY_BYTES_MAX: u64 = 2 * GIB;

/// Bytes of text in one request to the language process: half a frame, so that a request is one frame.
pub const LANGUAGE_REQUEST_BYTES_MAX: usize = FRAME_BYTES_MAX / 2;

/// Requests that one language process answers before it is replaced.
pub const LANGUAGE_REQUESTS_MAX: u32 = 10_000;

/// Runs of lines in one language that are kept of a page: one with more changes at every other line, and is read whole.
pub const LANGUAGE_LINES_MAX: usize = 24;

/// Address space of an outside program. Reading a page of `BITMAP_PIXELS_MAX` full of text takes half of it, with either
/// way of finding the ink.
pub const TOOL_MEMORY_BYTES_MAX: u64 = GIB;

/// Bytes of text that an outside program may answer with: a page of 50,000 words in tesseract's table has 4 MB.
pub const TOOL_TEXT_BYTES_MAX: usize = 16 * MIB as usize;

/// Pixels of a page that is read: 10,000 by 10,000, a poster at 300 dpi.
pub const BITMAP_PIXELS_MAX: u64 = 100_000_000;

/// Bytes of a PDF that is given to the second drawer, which has it in memory as the daemon has meanwhile.
pub const SECOND_DRAWN_BYTES_MAX: u64 = 64 * MIB;

/// Pixels of a side of a page that is read: tesseract refuses longer ones (its boxes are 16 bits wide).
pub const BITMAP_SIDE_PIXELS_MAX: u32 = 32_767;

/// Language packs that a page is read with at once: each makes reading slower, and none the reading better beyond a few.
pub const PACKS_AT_ONCE_MAX: usize = 4;

/// Failures of a job itself before it is `stuck`.
pub const JOB_ATTEMPTS_MAX: u32 = 5;

/// Leases of a job that may run out (crashes) before it runs once alone and then is `stuck`.
pub const JOB_EXPIRIES_MAX: u32 = 20;

/// How long a lease holds without a heartbeat, in milliseconds.
pub const LEASE_MS: i64 = 30_000;

/// Entries of one SOP Instance UID that a new one is compared with: a hostile disc may hold the same UID in each file.
pub const INSTANCES_COMPARED_MAX: u32 = 16;

/// Times that one page is read from its pixels at most, with other packs, turns and thresholds.
pub const READING_PASSES_MAX: usize = 6;

/// Times that a sample of one page is read at most, to see what the whole page may be read with: each script once that
/// has a pack, and what is told of its turn, script and language.
pub const READING_TRIALS_MAX: usize = 30;

/// Part of the time for a page that a sample of it may take: it has a tenth of the page's letters.
pub const SAMPLE_TIME_PART: u64 = 6;

/// Pages that are read before what was read is filed, and the same in seconds: what a crash costs. A document of which
/// more was read is filed more rarely, since each filing writes all of its text anew.
pub const READING_PAGES_PER_FILING: usize = 8;

/// See `READING_PAGES_PER_FILING`.
pub const READING_SECONDS_PER_FILING: u64 = 60;

/// Bytes that the place and confidence of a word take for each byte of its text, where they are kept.
pub const KEPT_WORD_BYTES_MAX: u64 = 128;

/// Sides of a picture in pixels below which it is no page: an icon, a thumbnail.
pub const READING_SIDE_PIXELS_MIN: u32 = 40;

/// Objects being written at once by one arrival: enough to hide the latency of `fsync`.
pub const WRITES_IN_FLIGHT_MAX: usize = 4;

/// Files of one arrival from this machine between being opened and their receipts: so many share an `fsync` of the
/// catalog and of a folder.
pub const FILES_IN_FLIGHT_MAX: usize = 16;

/// Files of those that are read one after the other before the first of them goes on: handing each to another thread by
/// itself costs a fifth of hashing it. More of them would leave too few to read while others are written.
pub const FILES_READ_TOGETHER_MAX: usize = 4;

/// Bytes of files that are read together.
pub const FILES_READ_TOGETHER_BYTES_MAX: u64 = 4 * MIB;

/// Bytes of those files in memory, each counted up to what is hashed before it is sealed; sealed they are there once more.
pub const FILES_IN_FLIGHT_BYTES_MAX: u64 = 16 * MIB;

/// Uploads whose running hash is kept in memory between two pieces: beyond, it is rebuilt from the sealed parts.
pub const UPLOAD_SESSIONS_MAX: usize = 1_024;

/// HTTP connections at once: well below the usual limit of open files, well above 1,000 slow senders.
pub const HTTP_CONNECTIONS_MAX: usize = 4_096;

/// Bytes of the `Upload-Metadata` that an upload is created with: a name of 4,096 bytes twice, in base64.
pub const UPLOAD_METADATA_BYTES_MAX: usize = 12 * 1024;

/// Days that an upload link holds at most: an address that is forgotten must end by itself.
pub const LINK_DAYS_MAX: i64 = 366;

/// Pages that listen for changes of one link at once: a family's devices, not a crowd.
pub const LINK_LISTENERS_MAX: usize = 16;

/// Characters of a word that the search index keeps: longer ones are sequences of data, not words.
pub const WORD_CHARS_MAX: usize = 64;

/// Words that hyphens and the like join into one: enough for a DICOM UID of 64 characters.
pub const WORD_PARTS_MAX: usize = 16;

/// Bytes of text that the search index keeps as one piece; a longer page becomes several pieces of the same page.
pub const INDEX_PIECE_BYTES_MAX: usize = 64 * 1024;

/// Segments of a case's index, each a sealed object: above, the smaller ones are merged.
pub const INDEX_SEGMENTS_MAX: usize = 8;

/// Case indexes being read from the store at once: they are outside the cache's limit meanwhile.
pub const INDEX_LOADS_MAX: usize = 4;

/// Characters of a search question.
pub const QUERY_CHARS_MAX: usize = 1_000;

/// Words, phrases and the like of a search question.
pub const QUERY_CLAUSES_MAX: usize = 32;

/// Words of one phrase of a search question.
pub const QUERY_PHRASE_WORDS_MAX: usize = 64;

/// Hits of one search in one case.
pub const QUERY_HITS_MAX: usize = 1_000;

/// Characters of a hit's snippet.
pub const SNIPPET_CHARS_MAX: usize = 160;

/// Pixels of a page that is drawn to be read: A3 at 430 dpi. Four bytes each while it is drawn, one afterwards.
pub const DRAWN_PIXELS_MAX: u64 = 40_000_000;

/// Pixels of a side of a picture that is drawn: no page is longer, and for each pixel of a side weights are kept while
/// its size is changed.
pub const DRAWN_SIDE_PIXELS_MAX: u64 = 200_000;

/// The limits that configuration may change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Members of one container.
    pub container_entries_max: u64,
    /// Containers within containers.
    pub container_depth_max: u32,
    /// Bytes out of one container, all levels together.
    pub container_bytes_max: u64,
    /// Bytes out per byte in, for the container as a whole, once above `container_ratio_from_bytes`.
    pub container_ratio_max: u64,
    /// Below this many bytes out the ratio does not matter.
    pub container_ratio_from_bytes: u64,
    /// Bytes out per byte in, for a single member, once above `member_ratio_from_bytes`.
    pub member_ratio_max: u64,
    /// Below this many bytes out the member's ratio does not matter.
    pub member_ratio_from_bytes: u64,
    /// Bytes of a name.
    pub name_bytes_max: usize,
    /// Pages of a document that are read.
    pub document_pages_max: u32,
    /// Bytes of text kept of a document.
    pub document_text_bytes_max: u64,
    /// Bytes of a PDF that is examined: it is held in memory as a whole, once more where it must be rebuilt.
    pub pdf_bytes_max: u64,
    /// Bytes that a stream of a PDF that is no picture may inflate to.
    pub pdf_stream_bytes_max: u64,
    /// Glyphs of one page that are read.
    pub pdf_page_glyphs_max: usize,
    /// Pixels of a picture that is decoded.
    pub picture_pixels_max: u64,
    /// Sequences within sequences of a data set.
    pub dicom_depth_max: u32,
    /// Bytes of one value of a data set that is loaded (pixel data never is).
    pub dicom_value_bytes_max: u64,
    /// Rows of a slide manifest.
    pub manifest_rows_max: u64,
    /// Uploads open at once under one link.
    pub link_uploads_max: u32,
    /// Bytes through one link.
    pub link_bytes_max: u64,
    /// Files through one link.
    pub link_files_max: u64,
    /// Requests through one link in one second.
    pub link_requests_per_second_max: u32,
    /// Parts of one object.
    pub object_parts_max: u32,
    /// Bytes of the header of an HTTP request.
    pub http_header_bytes_max: usize,
    /// A body slower than this many bytes a second, for `http_slow_seconds`, is ended.
    pub http_slow_bytes_per_second: u64,
    /// See `http_slow_bytes_per_second`.
    pub http_slow_seconds: u64,
    /// Memory for the bytes of all uploads under way together.
    pub upload_buffer_bytes_max: u64,
    /// Memory of the jailed inspector.
    pub inspector_memory_bytes_max: u64,
    /// CPU seconds of the inspector for one document.
    pub inspector_cpu_seconds_max: u64,
    /// CPU seconds more for a container, per GiB of it.
    pub inspector_cpu_seconds_per_gib: u64,
    /// Wall-clock seconds of the inspector; the clock stands while the host is not reading.
    pub inspector_wall_seconds_max: u64,
    /// Memory for open search indexes.
    pub search_cache_bytes_max: u64,
    /// Pages of one document that are read from their pixels.
    pub reading_pages_max: u32,
    /// Seconds by the clock that reading the pixels of one document may take in all: four hours, since what reads gives
    /// way to everything else.
    pub reading_seconds_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            container_entries_max: 100_000,
            container_depth_max: 8,
            container_bytes_max: 200 * GIB,
            container_ratio_max: 200,
            container_ratio_from_bytes: 64 * MIB,
            member_ratio_max: 1_000,
            member_ratio_from_bytes: 8 * MIB,
            name_bytes_max: 4_096,
            document_pages_max: 5_000,
            document_text_bytes_max: 64 * MIB,
            pdf_bytes_max: 320 * MIB,
            pdf_stream_bytes_max: 32 * MIB,
            pdf_page_glyphs_max: 1_000_000,
            picture_pixels_max: 500_000_000,
            dicom_depth_max: 64,
            dicom_value_bytes_max: 16 * MIB,
            manifest_rows_max: 100_000,
            link_uploads_max: 64,
            link_bytes_max: 200 * GIB,
            link_files_max: 100_000,
            link_requests_per_second_max: 1_000,
            object_parts_max: 100_000,
            http_header_bytes_max: 16 * KIB as usize,
            http_slow_bytes_per_second: KIB,
            http_slow_seconds: 60,
            upload_buffer_bytes_max: 32 * MIB,
            inspector_memory_bytes_max: GIB,
            inspector_cpu_seconds_max: 60,
            inspector_cpu_seconds_per_gib: 30,
            inspector_wall_seconds_max: 120,
            search_cache_bytes_max: 256 * MIB,
            reading_pages_max: 500,
            reading_seconds_max: 14_400,
        }
    }
}
