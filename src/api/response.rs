//! The forms of successful responses, each with the kind of object in it.

use super::kind::Kind;
use super::objects;

/// The form of a successful response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseShape {
    /// One object of the endpoint's kind.
    One,
    /// A page in the list envelope (docs/protocol/endpoints.md#lists-and-paging).
    Page,
    /// A deletion stub (docs/protocol/objects.md#deletion-result).
    Deleted,
    /// Raw bytes.
    Bytes,
}

/// The form of an endpoint's successful response, and the kind of object in it.
pub trait ResponseForm: Send + 'static {
    const SHAPE: ResponseShape;
    const KIND: Kind;
    /// `true` if the request creates the object in the response.
    const MADE: bool = false;
}

macro_rules! response_forms {
    ($($(#[$doc:meta])* $name:ident = $shape:ident $made:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<O>(std::marker::PhantomData<fn() -> O>);
        impl<O: ResponseObject> ResponseForm for $name<O> {
            const SHAPE: ResponseShape = ResponseShape::$shape;
            const KIND: Kind = O::KIND;
            const MADE: bool = $made;
        }
    )*};
}

/// An object of the protocol, as the response of an endpoint contains it.
pub trait ResponseObject: 'static {
    const KIND: Kind;
}

response_forms! {
    /// A response with one object.
    One = One false;
    /// A response with one object, which the request created.
    Made = One true;
    /// A response with a page of objects.
    Page = Page false;
    /// A response with a deletion stub.
    Deleted = Deleted false;
    /// A response with the bytes of an object.
    Content = Bytes false;
}

macro_rules! kinds {
    ($($object:ident: $kind:ident;)*) => {$(
        impl ResponseObject for objects::$object {
            const KIND: Kind = Kind::$kind;
        }
    )*};
}
kinds! {
    Assistant: Assistant;
    Thread: Thread;
    Message: Message;
    Run: Run;
    RunStep: Step;
    FileObject: File;
    VectorStore: VectorStore;
    VectorStoreFile: VectorStoreFile;
    FileBatch: FileBatch;
    Upload: Upload;
    UploadPart: UploadPart;
    Conversation: Conversation;
    ConversationItem: ConversationItem;
}
