//! File contents. A store in a folder keeps them in files beside the database. A store on a database server keeps them
//! in rows. A store in memory uses one unnamed file.
//!
//! The module must not depend on objects, whose rows decide which contents are needed.

mod folder;
mod rows;
mod spool;

pub(super) use folder::{ExclusiveLock, Folder};
pub(super) use rows::Rows;
pub(super) use spool::Spool;

use crate::serve::store::error::StoreError;
use axum::body::Bytes;
use std::{
    fs::File,
    io::{Read, Write},
};

/// The size of a chunk in bytes.
const CHUNK: usize = 256 * 1024;

/// The storage of file contents.
#[derive(Debug)]
pub(in crate::serve) enum Blobs {
    Folder(Folder),
    Rows(Rows),
    Spool(Spool),
}

/// Contents that are being uploaded. They are discarded if this value is dropped before [`Blobs::keep`].
#[derive(Debug)]
pub(in crate::serve) enum Incoming {
    File(Box<folder::IncomingFile>),
    Rows(rows::IncomingRows),
    Spool(spool::IncomingSpool),
}

/// A guard that prevents the removal of contents until their row is inserted.
#[derive(Debug)]
pub(in crate::serve) struct RemovalGuard<'a>(#[allow(dead_code)] Option<folder::SharedLock<'a>>);

/// Contents that are being read, chunk by chunk.
#[derive(Debug)]
pub(in crate::serve) enum Outgoing {
    File(File),
    Rows(rows::OutgoingRows),
    Spool(spool::OutgoingSpool),
}

impl Blobs {
    /// Begins an upload.
    pub(in crate::serve) async fn begin(&self) -> Result<Incoming, StoreError> {
        Ok(match self {
            Self::Folder(folder) => Incoming::File(Box::new(folder.begin()?)),
            Self::Rows(rows) => Incoming::Rows(rows.begin().await?),
            Self::Spool(spool) => Incoming::Spool(spool.begin()),
        })
    }

    /// Stores the contents durably and returns their name. The row must be inserted while the returned [`RemovalGuard`]
    /// exists.
    pub(in crate::serve) async fn keep(&self, incoming: Incoming) -> Result<(String, RemovalGuard<'_>), StoreError> {
        match (self, incoming) {
            (Self::Folder(folder), Incoming::File(incoming)) => {
                let (hash, shared) = folder.keep(*incoming).await?;
                Ok((hash, RemovalGuard(Some(shared))))
            }
            (_, Incoming::Rows(incoming)) => Ok((incoming.keep().await?, RemovalGuard(None))),
            (Self::Spool(spool), Incoming::Spool(incoming)) => Ok((spool.keep(incoming), RemovalGuard(None))),
            (_, Incoming::File(_) | Incoming::Spool(_)) => {
                Err(std::io::Error::other("the upload belongs to another store").into())
            }
        }
    }

    /// Opens contents and returns them with their size in bytes. Returns `None` if they were removed.
    pub(in crate::serve) async fn read(&self, blob: &str) -> Result<Option<(Outgoing, u64)>, StoreError> {
        Ok(match self {
            Self::Folder(folder) => folder.read(blob)?.map(|(file, length)| (Outgoing::File(file), length)),
            Self::Rows(rows) => {
                let (outgoing, length) = rows.read(blob).await?;
                Some((Outgoing::Rows(outgoing), length))
            }
            Self::Spool(spool) => spool.read(blob).map(|(outgoing, length)| (Outgoing::Spool(outgoing), length)),
        })
    }
}

impl Incoming {
    /// Adds bytes.
    pub(in crate::serve) async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::File(file) => Ok(file.write(bytes)?),
            Self::Rows(rows) => Ok(rows.write(bytes).await?),
            Self::Spool(spool) => Ok(spool.write(bytes)?),
        }
    }

    /// Returns the number of bytes received so far.
    pub(in crate::serve) fn length(&self) -> u64 {
        match self {
            Self::File(file) => file.length(),
            Self::Rows(rows) => rows.length(),
            Self::Spool(spool) => spool.length(),
        }
    }
}

impl Outgoing {
    /// Reads the next chunk, or `None` at the end. Disk access runs outside the async worker threads.
    pub(in crate::serve) async fn next(self) -> Result<Option<(Bytes, Self)>, StoreError> {
        match self {
            Self::Rows(mut rows) => Ok(rows.next().await?.map(|bytes| (bytes.into(), Self::Rows(rows)))),
            Self::File(mut file) => {
                let read = folder::blocking(move || {
                    let mut bytes = vec![0; CHUNK];
                    let length = file.read(&mut bytes)?;
                    bytes.truncate(length);
                    Ok((length > 0).then(|| (bytes.into(), Self::File(file))))
                });
                Ok(read.await?)
            }
            Self::Spool(outgoing) => {
                let read = folder::blocking(move || outgoing.next()).await?;
                Ok(read.map(|(bytes, outgoing)| (bytes, Self::Spool(outgoing))))
            }
        }
    }

    /// Returns the contents as a file. Contents that are not a file are first copied to an unnamed file.
    pub(in crate::serve) async fn into_file(self) -> Result<File, StoreError> {
        let mut outgoing = match self {
            Self::File(file) => return Ok(file),
            other => other,
        };
        let mut file = folder::blocking(tempfile::tempfile).await?;
        while let Some((bytes, rest)) = outgoing.next().await? {
            file = folder::blocking(move || file.write_all(&bytes).map(|()| file)).await?;
            outgoing = rest;
        }
        Ok(file)
    }
}
