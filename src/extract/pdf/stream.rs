//! Decodes the streams that hold text operators.

use crate::extract::failure::ExtractionFailure;
use flate2::{Decompress, FlushDecompress, Status};
use hayro_syntax::Filter;
use hayro_syntax::object::Stream;

/// The header of zlib data, in bytes. It is not checked.
const HEADER: usize = 2;

/// Returns the decoded data of a stream.
///
/// # Errors
/// Returns an error if it cannot be decoded to its end. The parser returns what it could decode, which may be less than
/// the whole text.
pub(super) fn decode(stream: &Stream<'_>) -> Result<Vec<u8>, ExtractionFailure> {
    let damaged =
        || ExtractionFailure::invalid("The PDF is damaged: the content of a page cannot be decoded to its end.");
    let data = stream.decoded_data().map_err(|_| damaged())?;
    if stream.filters()[..] == [Filter::FlateDecode] && !is_whole(&stream.raw_data()) {
        return Err(damaged());
    }
    Ok(data.into_owned())
}

/// Returns `true` if compressed data reaches its end. A wrong or missing checksum after it is no damage of the data.
fn is_whole(data: &[u8]) -> bool {
    let Some(mut rest) = data.get(HEADER..) else { return data.is_empty() };
    let mut decoder = Decompress::new(false);
    let mut scratch = vec![0; 32 << 10];
    loop {
        let (read, written) = (decoder.total_in(), decoder.total_out());
        match decoder.decompress(rest, &mut scratch, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return true,
            Ok(_) if (decoder.total_in(), decoder.total_out()) == (read, written) => return false,
            Ok(_) => rest = rest.get((decoder.total_in() - read) as usize..).unwrap_or_default(),
            Err(_) => return false,
        }
    }
}
