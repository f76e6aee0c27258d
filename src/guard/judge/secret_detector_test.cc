#include "guard/judge/detectors_test_support.h"

namespace sekisho::judge {
namespace {

// Every key here is made up.

TEST(ApiKey, OfKnownShapeIsBlocked) {
  expect_blocked("api_key", {
                                "AKIA7QXMZL2RVTNW4KDY",
                                "鍵は AKIA7QXMZL2RVTNW4KDY です",
                                "ＡＫＩＡ７ＱＸＭＺＬ２ＲＶＴＮＷ４ＫＤＹ",
                                "ghp_R7mXq2VzLc9TkWy4NbHd0UsEfJ1oPaG8iZ5t",
                                "github_pat_11ABQDEFG0aZ9xW8vU7tS6r_Q5pO4nM3lK2jI1hG0fE9dC8bA7zY6x",
                                "xoxb-2948571036-4857103629485-aB3dE5fG7hJ9kL1mN2pQ4rS6",
                                "sk-pr7Qv2ZxN84mTdKcY1hWbLs0Ue6GfRaJ9oPi3EtB",
                                "sk-proj-aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY",
                                "AIzaQ8fT3mLr0XyVn6KdUwPb1CzHj5GsEo2RkWa",
                                "sk_live_4TzQ9mXv1LrKy7WcNb0HdUsP",
                                "glpat-aB3dE5fG7hJ9kL1mN2pQ",
                                "hf_aBcD3EfGhJ4kLmNp5QrStU6vWxYz7AbC",
                                "https://hooks.slack.com/services/"
                                "T04QX81AB/B7ZLM22CD/kV9xRq3TnWy0LcPz5HdUeF1s",
                                "GIT_TOKEN=ghp_R7mXq2VzLc9TkWy4NbHd0UsEfJ1oPaG8iZ5t ←これ",
                            });
}

TEST(ApiKey, ThatIsNamedIsBlocked) {
  expect_blocked("api_key",
                 {
                     R"(api_key = "b6Xw0TnYc4HdPe8sQ2rK")",
                     "API_KEY=b6Xw0TnYc4HdPe8sQ2rK",
                     R"("apiKey": "b6Xw0TnYc4HdPe8sQ2rK")",
                     "AWS_SECRET_ACCESS_KEY=q7VtRz1mXc9LkWy4NbHd0UsEfJ2oPaG8iZ5tQe3K",
                     "client_secret=GX-8RvPq1ZtLk5YnWc3MdHsJ",
                     "refresh_token=1//0gT7xQz4LmVrKc9WyNbHd2UsEf",
                     "MASTER_KEY=9b7e03f5ca1d486e20f8d37b51ac64ef",
                     "WEATHER_TOKEN=wt_7Yq1nRz9Xc4VbLk2Hs8MdPf6",
                     "設定例に実際の値を入れました。WEATHER_TOKEN=wt_7Yq1nRz9Xc4VbLk2Hs8MdPf6",
                     "Authorization: Bearer aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v",
                     "secret_key: aB3dE5fG7hJ9kL1mN2pQ",
                     "AccountKey=aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3bC5d==",
                 });
}

TEST(ApiKey, StaysSilentForPlaceholdersAndIdentifiers) {
  expect_silent({
      "AKIAIOSFODNN7EXAMPLE",
      "sk-DUMMY-DUMMY-DUMMY-DUMMY-DUMMY",
      "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      "api_key=<YOUR_KEY>",
      "api_key = \"your-api-key-here-1234567\"",
      "api_key=changeme",
      "API_KEY=${API_KEY}",
      "api_key=os.environ.get(\"MODEL_API_KEY\")",
      "const token = process.env.SLACK_TOKEN2;",
      "token = tokenizer.encode(text1)[0]",
      "WEATHER_TOKEN=your-token-here",
      "sk_test_4TzQ9mXv1LrKy7WcNb0HdUsP",
      "sk-fading-circle-wrapper-11-element",
      "md5は5d41402abc4b2a76b9719d911017c592です",
      "commit 9b7e03f5ca1d486e20f8d37b51ac64ef12345678",
      "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      "550e8400-e29b-41d4-a716-446655440000",
      "api_key=550e8400-e29b-41d4-a716-446655440000",
      "request_id=01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "token=01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "next_page_token=aB3dE5fG7hJ9kL1mN2pQ4rS6",
      "public_token=aB3dE5fG7hJ9kL1mN2pQ4rS6",
      "csrf_token: aB3dE5fG7hJ9kL1mN2pQ4rS6",
      "password: string",
      "Authorization: Bearer <トークン>",
      "ローテーション済みのキーです：ghp_R7mXq2VzLc9TkWy4NbHd0UsEfJ1oPaG8iZ5t",
      "ダミーのキー sk-pr7Qv2ZxN84mTdKcY1hWbLs0Ue6GfRaJ9oPi3EtB",
      "ghp_R7mXq2VzLc9TkWy4NbHd0UsEfJ1oPaG8iZ5t（失効済み）",
      "AKIA7QXMZL2RVTNW4KDY は無効化しました",
      "サンプル：api_key=\"b6Xw0TnYc4HdPe8sQ2rK\"",
      "https://www.example.jp/?utm_source=mail&utm_campaign=2026winter",
      "0xb17d5e0c93fa4826d0c75be18f4a39e62d8c01f7a95b3e648d27f0c1ae9354d8",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOnlyNotARealKey00000000000000000 tester@example",
  });
}

TEST(PrivateKey, WithABodyIsBlocked) {
  expect_blocked("private_key",
                 {
                     "-----BEGIN RSA PRIVATE KEY-----\n"
                     "MIIEowIBAAKCAQEAxR8vT2qLzKw5\n-----END RSA PRIVATE KEY-----",
                     "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5v\n",
                     "-----BEGIN PRIVATE KEY-----\\n"
                     "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n-----END PRIVATE KEY-----",
                     "鍵：-----BEGIN EC PRIVATE KEY-----"
                     " MHcCAQEEIKv8RzT1nWq5XyLb -----END EC PRIVATE KEY-----",
                     "－－－－－BEGIN PRIVATE KEY－－－－－\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
                 });
  expect_silent({
      "秘密鍵は「-----BEGIN PRIVATE KEY-----」という行で始まります",
      "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
      "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkq\n-----END CERTIFICATE-----",
      "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
      "サンプルの鍵 -----BEGIN RSA PRIVATE KEY-----\n"
      "MIIEowIBAAKCAQEAxR8vT2qLzKw5\n-----END RSA PRIVATE KEY-----",
  });
}

TEST(PrivateKey, IsCoveredWhole) {
  const std::string_view text =
      "鍵\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n"
      "-----END PRIVATE KEY-----\nです";
  const auto found = findings(text);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].span.begin, 2U);
  EXPECT_EQ(found[0].span.end, utf8::count(text) - 3);
}

TEST(Jwt, IsBlocked) {
  expect_blocked("jwt", {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcHMtYm90"
                         "IiwiZXhwIjoxODk5OTk5OTk5fQ.Qm7xT2vKz9LrWcYp0NdHs4UfJ1eG"});
  expect_silent({"eyJhbGciOiJIUzI1NiJ9",
                 "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcHMtYm90"
                 "In0",
                 "例：eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcHMtYm90"
                 "IiwiZXhwIjoxODk5OTk5OTk5fQ.Qm7xT2vKz9LrWcYp0NdHs4UfJ1eG"});
}

TEST(UrlCredentials, AreBlocked) {
  expect_blocked("url_credentials", {
                                        "postgres://svc_order:"
                                        "Hk3%Wq9zTn@db-main.kitasho.jp:5432/orders",
                                        "mongodb://app:z8RfQ1vLpX0n@mongo.prod.tanbi.jp:27017/app",
                                        "amqp://worker:m4Yt7KeQzs@mq.stg.hayase.jp/jobs",
                                        "https://admin:Sx91kQm@intra.kaisha.co.jp/",
                                        "redis://:m4Yt7KeQzs@cache.kaisha.jp:6379/0",
                                        "接続先はｐｏｓｔｇｒｅｓ：／／ｓｖｃ："
                                        "Ｈｋ３Ｗｑ９ｚＴｎ＠ｄｂ．ｋａｉｓｈａ．ｊｐです",
                                    });
  expect_silent({
      "postgres://USER:PASSWORD@localhost:5432/orders",
      "postgres://user:pass@host:5432/db",
      "redis://user:xxxx@example.com:6379/0",
      "postgres://<user>:<password>@db.kaisha.jp/orders",
      "postgres://app:${DB_PASS}@db.kaisha.jp/orders",
      "https://admin:Sx91kQm@example.com/",
      "postgres://postgres:postgres@localhost/app",
      "http://user:8080@proxy.kaisha.jp/",
      "方式://利用者:パスワード@ホスト:ポート",
      "https://www.example.jp:8080/@taro",
      "https://www.example.jp/a:b",
      "ローテーション済み postgres://svc_order:Hk3%Wq9zTn@db.kaisha.jp/orders",
  });
}

TEST(ConnectionString, IsBlocked) {
  expect_blocked("connection_string",
                 {
                     "Server=db.kaisha.jp;Database=orders;User Id=sa;Password=Hk3wWq9zTn1;",
                     "Data Source=db;uid=app;pwd=tV6xQz0LmRw3",
                     "DB_HOST=203.0.113.77、DB_USER=kadmin、DB_PASS=9wLq!vX2rTz と書いてあります",
                 });
  expect_blocked("credential", {
                                   R"(db_admin_password = "Uz7#kLm29!vRq")",
                                   "SMTP_PASS=tV6xQz0LmRw3Kc8Y",
                                   "pass: tV6xQz0LmRw3Kc8Y です",
                               });
  expect_silent({
      "Server=db;Database=orders;User Id=sa;Password=<password>;",
      "Password=password123",
      "db_admin_password = var.db_admin_password",
      "password=********",
      "DB_PASS=changeme1234",
      "Password must be 8 characters or more",
      "compass: north2024",
  });
}

}  // namespace
}  // namespace sekisho::judge
