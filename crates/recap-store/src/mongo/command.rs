//! Commands as the server takes them, and what it says to them.

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use recap_core::ports::BoxError;

use super::document::number;
use super::error::{DUPLICATE_KEY, MongoError, code_of};

/// The field that names the write which changed a document last.
pub(super) const MARK: &str = "written_by";

/// What is looked for, and how much of it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) filter: Document,
    pub(super) projection: Document,
    pub(super) sort: Option<Document>,
    /// `None`: all there is.
    pub(super) limit: Option<usize>,
    /// The name of the index to use, where the server would choose worse.
    pub(super) hint: Option<&'static str>,
}

/// How many documents an update is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    One,
    OneOrNew,
    All,
}

pub(super) fn update(collection: &str, filter: Document, change: Bson, reach: Reach) -> Document {
    let (multi, upsert) = (reach == Reach::All, reach == Reach::OneOrNew);
    let change = doc! { "q": filter, "u": change, "multi": multi, "upsert": upsert };
    doc! { "update": collection, "updates": [change] }
}

/// `change` so that it leaves `mark` as well. It is a pipeline or has operators.
pub(super) fn marked(mut change: Bson, mark: ObjectId) -> Bson {
    match &mut change {
        Bson::Array(stages) => stages.push(doc! { "$set": { MARK: mark } }.into()),
        Bson::Document(operators) => match operators.get_document_mut("$set") {
            Ok(set) => drop(set.insert(MARK, mark)),
            Err(_) => drop(operators.insert("$set", doc! { MARK: mark })),
        },
        _ => {}
    }
    change
}

/// What a write has done.
pub(super) struct Written {
    pub(super) count: u64,
    /// An `_id` was there already.
    pub(super) is_taken: bool,
}

impl Written {
    /// # Errors
    ///
    /// The server could not write, or not safely enough. That an `_id` is taken
    /// is none.
    pub(super) fn of(answer: &Document) -> Result<Self, BoxError> {
        let errors: Vec<&Document> = answer
            .get_array("writeErrors")
            .into_iter()
            .flatten()
            .filter_map(Bson::as_document)
            .chain(answer.get_document("writeConcernError"))
            .collect();
        match errors.iter().find(|it| code_of(it) != Some(DUPLICATE_KEY)) {
            Some(error) => Err(MongoError::of_document(error).into()),
            None => Ok(Self { count: number(answer, "n")?, is_taken: !errors.is_empty() }),
        }
    }
}
