//! Callers that have a key.

use recap_core::job::Owner;
use recap_core::key::{ApiKey, KeyId, KeyRequest, Scope};
use recap_core::ports::{Events as _, JobEvent, Keys as _};
use recap_testkit::samples;
use serde_json::Value;

use crate::app::TestGateway;
use crate::client::Reply;

/// A caller with a key.
pub(crate) struct Keyed {
    pub(crate) id: KeyId,
    pub(crate) owner: Owner,
    authorization: String,
}

/// A caller of its own, who may read and submit.
pub(crate) async fn key(app: &TestGateway) -> Keyed {
    let made = samples::api_key();
    known(app, made.text, made.key).await
}

/// One who may do everything.
pub(crate) async fn admin(app: &TestGateway) -> Keyed {
    let scopes = vec![Scope::Read, Scope::Submit, Scope::Admin];
    let request = KeyRequest {
        owner: None,
        name: "operator".to_owned(),
        scopes,
        submits_per_minute: None,
        submits_per_day: None,
        expires_at: None,
    };
    let made = ApiKey::generate(request, [0xad; 32], [9; 32], samples::created_at());
    known(app, made.text, made.key).await
}

async fn known(app: &TestGateway, text: String, key: ApiKey) -> Keyed {
    app.store.put_key(&key).await.unwrap();
    app.events.publish(JobEvent::KeysChanged).await;
    Keyed { id: key.id, owner: key.owner, authorization: format!("Bearer {text}") }
}

impl Keyed {
    pub(crate) async fn send(
        &self,
        app: &TestGateway,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let mut headers = vec![("authorization", self.authorization.as_str())];
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let body = body.map(Value::to_string).unwrap_or_default();
        app.send(method, path, &headers, body.as_bytes()).await
    }

    pub(crate) async fn get(&self, app: &TestGateway, path: &str) -> Reply {
        self.send(app, "GET", path, None).await
    }

    pub(crate) async fn post(&self, app: &TestGateway, path: &str, body: &Value) -> Reply {
        self.send(app, "POST", path, Some(body)).await
    }
}

impl Keyed {
    /// The header that says who asks.
    pub(crate) fn proof(&self) -> (&str, &str) {
        ("authorization", &self.authorization)
    }
}
