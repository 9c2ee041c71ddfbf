/**
 * What is a secret and what is not, by example. In `SECRETS` what must go stands between « and »; `{w36}` stands for 36
 * letters and digits, made anew each time, so that no scanner takes this file for a leak. Further kinds: `{d9}` digits,
 * `{h64}` hexadecimal, `{u16}` capitals and digits, `{s56}` base32, `{b40}` base64, `{p12}` what passwords are made of.
 */

/** Texts with secrets in them, by the rule that finds them. */
export const SECRETS: Record<string, string[]> = {
  "private keys": [
    "-----BEGIN RSA PRIVATE KEY-----«\n{b64}\n{b64}\n{b20}==\n»-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----«\\n{b64}\\n{b20}=\\n»-----END PRIVATE KEY-----\\n and more",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----«\r\n{b64}\r\n»-----END ENCRYPTED PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----«\nb3BlbnNzaC1rZXktdjEA{b60}\n{b70}\n»-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----«\nVersion: 2\n\n{b64}\n={b4}\n»-----END PGP PRIVATE KEY BLOCK-----",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----«\n{b64}\n»---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    '{"key": "-----BEGIN EC PRIVATE KEY-----«\\n{b64}\\n»-----END EC PRIVATE KEY-----\\n", "id": "a"}',
  ],
  "what is left of a cut key": [
    "-----BEGIN RSA PRIVATE KEY-----«\n{b64}\n{b64}\n{b11}»",
    "«{b11}\n{b64}\n{b64}\n{b20}==»\n-----END RSA PRIVATE KEY-----",
    "«{b12}\\n{b64}\\n{b20}»\\n-----END RSA PRIVATE KEY-----",
    "a tail «{b64}\n{b64}»\n-----END PRIVATE KEY-----",
    "«b3BlbnNzaC1rZXktdjEA{b60}\n{b70}\n{b44}» and more",
  ],
  "clouds": [
    "aws «AKIA{u16}» and «ASIA{u16}»",
    "«AKIA{u16}»:«{b40}»",
    "aws_secret_access_key = «{b40}»",
    "aws configure set aws_secret_access_key «{b40}»",
    '{"AccessKeyId": "«AKIA{u16}»", "SecretAccessKey": "«{b40}»", "SessionToken": "«{b200}»"}',
    "https://b.s3.amazonaws.com/x?X-Amz-Credential=«AKIA{u16}/20260101/eu/s3»&X-Amz-Signature=«{h64}»&a=1",
    "key=«AIza{w35}»",
    "«ya29.{w60}» «GOCSPX-{w28}» «1//0{w60}»",
    "«dop_v1_{h64}» «doo_v1_{h64}»",
    "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=«{b86}==»;EndpointSuffix=core.windows.net",
    "https://acc.blob.core.windows.net/c?sv=2024-01-01&sig=«{w43}%3D»&se=2026-01-01",
    "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«{b43}=»",
    "«{w14}.atlasv1.{w60}» «dapi{h32}» «hvs.{w90}» «hvb.{w140}»",
  ],
  "forges and registries": [
    "«ghp_{w36}» «gho_{w36}» «ghu_{w36}» «ghs_{w36}» «ghr_{w76}»",
    "«github_pat_{w22}_{w59}».",
    "(«glpat-{w20}»), «glrt-{w20}», «gldt-{w20}»",
    "«npm_{w36}» «pypi-AgEIcHlwaS5vcmc{w80}» «dckr_pat_{w27}» «rubygems_{h48}»",
    "//registry.npmjs.org/:_authToken=«{h8}-{h4}-{h4}-{h4}-{h12}»",
    "_auth=«{b20}=»",
    "https://x-access-token:«ghs_{w36}»@github.com/a/b.git",
  ],
  "services": [
    "«xoxb-{d12}-{d12}-{w24}» «xoxp-{d12}-{d12}-{d12}-{h32}» «xapp-1-{u11}-{d13}-{h64}»",
    "https://hooks.slack.com/services/«T{u8}/B{u8}/{w24}»",
    "https://discord.com/api/webhooks/{d18}/«{w68}»",
    "«sk_live_{w24}» «rk_live_{w24}» «sk_test_{w24}» «whsec_{w32}»",
    "«hf_{w34}» «sk-{w20}T3BlbkFJ{w20}7» «sk-proj-{w74}» «sk-ant-api03-{w93}AA»",
    "«SG.{w22}.{w43}» «SK{h32}»",
    "https://api.telegram.org/bot{d10}:«A{w34}»/getMe",
    "«glsa_{w32}_{h8}» «tskey-auth-{w17}-{w32}» «shpat_{h32}» «lin_api_{w40}»",
  ],
  "NATS, age, JWT": [
    "seed «SU{s56}» or «SA{s56}» or «SO{s56}»",
    "-----BEGIN NATS USER JWT-----«\neyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJ{w40}.{w86}\n»------END NATS USER JWT------",
    "-----BEGIN USER NKEY SEED-----«\nSU{s56}\n»------END USER NKEY SEED------",
    "«AGE-SECRET-KEY-1{u58}»",
    "«eyJhbGciOiJIUzI1NiJ9.eyJ{w40}.{w43}»",
    "«eyJhbGciOiJIUzI1NiJ9.eyJ{w40}», unsigned or cut",
    "«eyJhbGciOiJSU0EtT0FFUCJ9.{w60}.{w16}.{w60}.{w22}»",
  ],
  "headers": [
    "Authorization: Bearer «{w12}»",
    "authorization: Basic «dXNlcjpodW50ZXIyaHVudGVyMg==»",
    "curl -H 'Authorization: Token «{w12}»' -H 'X-Api-Key: «{w20}»' https://x",
    "curl -H 'Cookie: «a={w12}; b={w12}»' x",
    "Set-Cookie: «session={w20}; HttpOnly»",
    "sends Bearer «{d1}{w20}» each time",
    "sends Basic «dXNlcjpodW50ZXIyaHVudGVyMg==» each time",
    "X-Auth-Token: «{w12}»",
  ],
  "URLs": [
    "postgres://app:«{p12}»@db.example.org/inventory",
    "mongodb+srv://app:«{p12}»@a.example.org,b.example.org/?retryWrites=true",
    "amqp://guest:«{p12}»@mq:5672/%2f",
    "redis://:«{p12}»@cache:6379/0",
    "https://ada:«{p12}»@example.org/path?x=1, then https://bob:«{p12}»@example.org",
    "smtp://ada@example.org:«{p12}»@mail.example.org",
    "postgres://app:«x{p4}/{p4}#{p4}»@db/x",
    "postgres://app:«{p6}@{p6}»@db/x",
    "jdbc:mysql://db/x?user=a&password=«{p12}»&useSSL=true",
    "https:\\/\\/ada:«{p12}»@example.org",
  ],
  "assignments": [
    "password=«{p12}»",
    "passwd: «{p12}» and more",
    "PGPASSWORD=«{p12}» psql -h db",
    "export DB_PASSWORD=«{p12}»; run",
    "api_key=«{p12}» secret=«{p12}» client_secret = «{p12}»",
    "https://example.org/?token=«{w12}»&page=2",
    "Server=db;Uid=sa;Pwd=«{p12}»;Encrypt=yes",
    "Driver={x};Pwd={«{p4};{p4}»};Uid=sa",
    "user=ada,password=«{p12}»,host=db",
    "password=«{p4},{p4}»",
    "(password=«{p12}»)",
    'password="«{p4} {p4} {p4}»" host=db',
    "password='«{p4} {p4}»'",
    '{"user":"ada","password":"«{p12}»","port":1}',
    '{"password": "«{p4}\\"{p4}»", "port": 1}',
    '{\\"password\\":\\"«{p12}»\\",\\"port\\":1}',
    '{\\"password\\":\\"«{p4}\\\\\\"{p4}»\\"}',
    '{"secrets": [«"{p12}", "{p12}"»], "a": 1}',
    'DATABASES["PASSWORD"] = "«{p12}»"',
    "passphrase: «correct horse battery»",
    "API key: «{w20}»",
    "a:\n  password: «|\n    {p12}\n    {p12}»\nb: 1",
    "<password>«{p12}»</password>",
    '<user name="a" password="«{p12}»"/>',
    ":password => '«{p12}»'",
    "machine a login bob password «{p12}»",
    "requirepass «{p12}»",
  ],
  "flags": [
    "app --password «{p12}» --port 1",
    "app --token=«{p12}» --port 1",
    "keytool -storepass «{p12}» -list",
    '["app","--password","«{p12}»","--port"]',
    "mysql -u root -p«{p12}» inventory",
    "mysqldump -p«'{p4} {p4}'» inventory",
    "sshpass -p «{p12}» ssh a",
    "redis-cli -h a -a «{p12}» info",
    "docker login -u a -p «{p12}» registry",
    "curl -s -u ada:«{p12}» https://example.org",
    "ldapsearch -D cn=a -w «{p12}»",
    "openssl rsa -passin pass:«{p12}» -in a",
  ],
  "password hashes": [
    "root:«$6${w8}${w86}»:19000:0:99999:7:::",
    "«$1${w8}${w22}» «$2b$12${w53}» «$5$rounds=5000${w8}${w43}»",
    "«$y$j9T${w22}${w43}»",
    "«$argon2id$v=19$m=65536,t=3,p=4${w22}${w43}»",
    "ada:«$apr1${w8}${w22}»",
    "ada:«$$2y$$05$${w53}»",
  ],
};

/** Names of fields whose value is a secret. */
export const SECRET_NAMES =
  ("password passwd pwd passphrase secret token auth cookie credential credentials creds pass psk jwt " +
    "db_password DB_PASSWORD dbPassword db-password db.password PGPASSWORD password2 password_hash old_password.1 " +
    "api_key apikey apiKey APIKey X-Api-Key access_key accessKey aws_secret_access_key private_key ssl.private.key " +
    "client_secret clientSecret session_key signing-key refresh_token accessToken api_tokens bot_token csrfToken " +
    "connection_string connectionString db.connection_string ConnectionStrings smtp_pass requirepass basic_auth " +
    "http.request.header.authorization session.cookie spring.datasource.password kubernetes.io/token " +
    "passwort db_passwort kennwort snmp_community snmpReadCommunity ssh_key pw db.pw")
    .split(" ");

/** Names of fields whose value says something about a secret, or nothing of one. */
export const OTHER_NAMES =
  ("token_expiry_seconds password_policy secret_rotation_enabled max_tokens tokenizer author authors " +
    "authentication_method auth_method authorized_keys_file token_type secret_name secretName k8s.secret.name " +
    "password_file require_password --no-password ALLOW_EMPTY_PASSWORD use_token keyboard monkey key public_key " +
    "primary_key partition_key messaging.kafka.message.key cookie_domain passes bypass compass connection_count " +
    "libsecret jsonwebtoken gen_ai.token.type gen_ai.usage.input_tokens credential_helper pwquality string " +
    "community community_edition pwm ssh_key_name ssh_public_key")
    .split(" ");

/** Texts that must stay as they are. */
export const ORDINARY: string[] = [
  ...("libsecret-1-0 password-store python3-secretstorage gnome-keyring libpam-pwquality node-jsonwebtoken tokei sk hf " +
    "passwd base-passwd sk-learn-something-rather-long-1 hf-transfer npm_config_registry eyJ AKIA xauth keepassxc pass " +
    "libsecret-1-0:amd64 debian-archive-keyring python3-oauthlib google-cloud-cli-gke-gcloud-auth-plugin sshpass mysql " +
    "js-tokens=9.0.1 cookie-signature passport-local-strategy secretlint vault token-types credential-helper aws-sdk-ts")
    .split(" "),
  "b5f472c9-e827-5f73-a1f6-6b7bc31aee7c",
  "00:1b:21:3c:4d:5e",
  "00:AB:CD:EF:01:23",
  "0123456789abcdef0123456789abcdef",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
  "VMware-56 4d 8e 1c 0f 3a 2b 1c-9d 4e 5f 60 71 82 93 a4",
  "CZ2D1234AB",
  "PF3XK9Q7-SKU-LENOVO_MT_20XW_BU_Think_FM_ThinkPad_X1",
  "To Be Filled By O.E.M.",
  "Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz",
  "1:4.13+dfsg1-1+deb12u2",
  "3.24.38-2~deb12u3",
  "6.1.0-18-amd64",
  "5.15.153.1-microsoft-standard-WSL2",
  "secret-service.token.example.org",
  "auth-token.example.org:8443",
  "fd00:1234:5678::/48",
  "10.20.0.0/16",
  "2026-11-23T18:17:39.359Z",
  "572eb01f4c1d9e8a7b6c5d4e3f2a1b0c9d8e7f60",
  "registry.example.org/team/app-secret:1.27.3@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "docker-pullable://nginx:1.27@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "ghcr.io/org/token:latest",
  "sealed-secret:1.2.3",
  "https://example.org:8443/a@b?x=y",
  "ssh://git@github.com:org/repo.git",
  "git+ssh://git@github.com:org/repo.git@v1.2",
  "http://[fe80::1%25eth0]:8080/a@b",
  "resource.tags.owner@example.org",
  'resource.tags["password_policy"] == "strong"',
  'resource.tags["password"] != "" && resource.configuration["auth_method"] == "oidc"',
  'has(resource.tags.token) ? resource.tags.secret : "none"',
  "size(resource.configuration.password) >= 12 && resource.password == resource.passwd",
  'software.name in ["passwd", "password-store", "libsecret-1-0"]',
  "the secret of good uptime",
  "a token of thanks; no password is asked for, and the API key is in the vault",
  "Passwords: at least twelve characters",
  "Bearer authentication and Basic authentication are off",
  "security.authorization: enabled",
  "token_expiry_seconds=3600 max_tokens: 100 password_policy=strong",
  "--password-stdin --no-password --token-file /run/secrets/token",
  "docker run -p 3306:3306 --name mysql -p8080:80 mysql -u 1000:1000",
  "tar -p -xf a.tar && ps -u ada && kill -u bob:users",
  "/etc/passwd: no such file; /run/secrets/db_password; C:\\Users\\ada\\token.txt",
  "secret::store::open std::auth::token",
  "secret://store/item vault://secret/data/db",
  "$1 $HOME ${PATH} $$ 100 $ US$5",
  "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0FOQVJZ\n-----END CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGq2b0w4H8cV1mU9 ada@example.org",
  "system.memory.utilization",
  "process.runtime.jvm.memory.usage_after_last_gc",
  "http.server.request.body.size",
  "Grüße aus Köln — 東京のサーバー 🔐 ключ",
  "passage, keystone, tokenized wordpress: authored by the author",
];
