//! A certificate authority that lives as long as the simulator, and its one leaf.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// Every host the simulator answers for.
const NAMES: [&str; 11] = [
    "youtube.com",
    "*.youtube.com",
    "youtu.be",
    "youtube-nocookie.com",
    "*.youtube-nocookie.com",
    "*.googleapis.com",
    "*.youtubei.googleapis.com",
    "*.ytimg.com",
    "*.ggpht.com",
    "*.googlevideo.com",
    "*.c.youtube.com",
];

pub(super) struct Identity {
    pub(super) ca_pem: String,
    pub(super) server: ServerConfig,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum CertificateError {
    #[error("a certificate could not be made")]
    Make(#[from] rcgen::Error),
    #[error("TLS does not take the certificate")]
    Use(#[from] rustls::Error),
}

pub(super) fn generate() -> Result<Identity, CertificateError> {
    let ca_key = KeyPair::generate()?;
    let ca_params = authority();
    let ca_pem = ca_params.self_signed(&ca_key)?.pem();
    let issuer = Issuer::new(ca_params, ca_key);

    let key = KeyPair::generate()?;
    let certificate = leaf()?.signed_by(&key, &issuer)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let mut server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity { ca_pem, server })
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name.push(DnType::CommonName, "recap simulator CA");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(NAMES.map(String::from).to_vec())?;
    params.distinguished_name.push(DnType::CommonName, "recap simulator");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Newer OpenSSL refuses a leaf that does not say who signed it.
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
