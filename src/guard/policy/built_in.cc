// The built-in categories in our own words. The rules they follow, border by border:
// docs/categories.md.
#include "guard/policy/category.h"

namespace sekisho::policy {
namespace {

Category make(std::string id, std::string name, std::string name_en, std::string definition,
              std::string definition_en) {
  Category category;
  category.id = std::move(id);
  category.name = std::move(name);
  category.name_en = std::move(name_en);
  category.definition = std::move(definition);
  category.definition_en = std::move(definition_en);
  category.built_in = true;
  return category;
}

std::vector<Category> make_all() {
  return {
      make("violence", "暴力・脅迫", "Violence and threats",
           "人への危害の予告、脅し、計画、そそのかし、面と向かって死を望む言葉、襲撃を手本として"
           "たたえる文章。ニュース、護身、武道、歴史、慣用句、ゲームの話、脅しのない怒りは含まない"
           "。",
           "Threats, announcements and plans of attack, inciting others to it, wishing a person "
           "dead "
           "to their face, praising an attack. Not news, self-defence, sport, history, idioms, "
           "games "
           "or anger without a threat."),
      make("violence/graphic", "残虐な描写", "Graphic violence",
           "流血や拷問をことさら生々しく描く文章、その求め、そうした画像の作成や拡散。"
           "法医学や医療の記録、映画の感想、淡々とした事件報道は含まない。",
           "Gore and torture shown in detail, asking for it, making or passing on such pictures. "
           "Not "
           "forensic or medical reports, film reviews or sober crime news."),
      make("self-harm", "自傷・自殺", "Self-harm and suicide",
           "死にたい、自分を傷つけたいという意思や別れの言葉、手段の求め、他人への催促や美化。"
           "予防、悲しみの語り、支援、医療の文章、「恥ずかしくて消えたい」のような言い回しは含まな"
           "い。",
           "Wanting to die or to hurt oneself, farewells, asking for means, urging others or "
           "praising "
           "it. Not prevention, grief, support, clinical text or figures of speech."),
      make(
          "hate", "差別・憎悪", "Hate",
          "出自、国籍、民族、性別、性的指向、宗教、障害、病気、年齢、部落などを理由に人をおとしめ、"
          "締め出し、人間扱いしない文章。報道、批判的な紹介、法律、統計、政府や教義への批判は含まな"
          "い。",
          "Degrading, excluding or dehumanising people for origin, nationality, sex, sexuality, "
          "religion, disability, illness, age or birth. Not reporting, condemning, law, statistics "
          "or criticism of a government or doctrine."),
      make("harassment", "侮辱・嫌がらせ", "Harassment",
           "特定の相手への侮辱、いじめ、仲間はずれ、パワハラ、辱め、つきまといの言葉、"
           "傷つける狙いが明らかな慇懃無礼。厳しくても事実に基づく指摘、商品への苦情、自虐は含まな"
           "い。",
           "Insult, bullying, shutting out, humiliation or stalking aimed at a person, also in "
           "polite "
           "words. Not strict but factual feedback, complaints about a product or self-mockery."),
      make("sexual", "性的な内容", "Sexual content",
           "望まれない誘い、性的な勧誘や売買（隠語を含む）、セクハラ、露骨な描写や役割演技、"
           "裸の画像の要求。性教育、医学、法律、恋愛相談、美術史、露骨でない恋愛は含まない。",
           "Unwanted advances, solicitation and paid sex (also in slang), sexual harassment, "
           "explicit "
           "text, asking for intimate pictures. Not sex education, medicine, law, relationship "
           "advice "
           "or romance that is not explicit."),
      make("sexual/minors", "未成年への性的内容", "Sexual content about minors",
           "18歳未満への性的関心、描写、接触の求め（絵や創作を含む）。"
           "児童の保護、教育、報道、保護者の心配は含まない。",
           "Any sexual interest in, description of or access to people under 18, also drawn or "
           "fictional. Not child protection, education, news or parents' worries."),
      make("illicit/drugs", "違法薬物", "Drugs",
           "違法薬物の入手、製造、販売、隠匿、使用、市販薬などの乱用（隠語を含む）。"
           "薬局での相談、痛みの治療、予防、法律、登場人物としての依存者は含まない。",
           "Getting, making, selling, hiding or abusing illegal drugs or medicines. Not pharmacy, "
           "pain "
           "treatment, prevention, law or a character who is an addict."),
      make("illicit/weapons", "武器・爆発物", "Weapons",
           "武器、爆発物、弾薬の入手や製造、許可のすり抜け。"
           "狩猟免許、博物館、歴史、模型、台所の包丁、防災の科学は含まない。",
           "Getting or making weapons, explosives or ammunition, or getting round the licence. Not "
           "hunting licences, museums, history, models, kitchen knives or disaster science."),
      make("illicit/bio", "毒物・病原体", "Poisons and pathogens",
           "毒物、有毒ガス、病原体の製造、散布、使用、人に毒を盛ること。"
           "化学の授業、危険表示、感染症対策、ラベルどおりの害虫駆除は含まない。",
           "Making, spreading or using poisons, toxic gas or pathogens, poisoning somebody. Not "
           "chemistry class, hazard warnings, pandemic policy or pest control by the label."),
      make("illicit/property", "窃盗・偽造", "Theft and forgery",
           "窃盗、強盗、空き巣、万引き、盗品の売買、あらゆる文書の偽造、無賃乗車、留守宅の下見。"
           "落とし物、防犯、保険、自宅の鍵の相談は含まない。",
           "Theft, robbery, burglary, fencing, forging any document, dodging fares, scouting empty "
           "houses. Not lost property, crime prevention, insurance or one's own lock."),
      make(
          "illicit/financial", "詐欺・金融犯罪", "Fraud and financial crime",
          "あらゆる詐欺、闇バイトの募集、資金洗浄、偽札、口座の売買、横領、脱税。"
          "銀行や警察の注意喚起、税の相談、消費者の相談、会計は含まない。",
          "Fraud of all kinds, recruiting for it, laundering, counterfeit money, selling accounts, "
          "embezzlement, tax evasion. Not warnings, tax advice, consumer help or accounting."),
      make("illicit/cybercrime", "サイバー犯罪", "Cybercrime",
           "他人の口座や端末への侵入、マルウェア、フィッシング、相手を監視するアプリ、DDoS、"
           "漏えい情報の売買。自社システム、許可された試験、訓練メール、修正、自分の口座の復旧は含"
           "まない。",
           "Breaking into accounts or devices, malware, phishing, spyware, DDoS, trade in leaked "
           "logins. Not own systems, authorised tests, training, patching or recovering one's own "
           "account."),
      make("privacy/doxxing", "個人情報の晒し", "Doxxing",
           "他の私人の身元、住所、勤め先、学校、顔、性的指向、病歴、前科などを公開、拡散すること。"
           "会社の住所、公人の公的な立場、自分の店は含まない。",
           "Publishing or spreading another private person's identity, address, workplace, school, "
           "face, orientation, medical or criminal matters. Not a company's address, public roles "
           "or "
           "one's own shop."),
      make(
          "privacy/self", "自分の個人情報の開示", "Giving away personal data",
          "自分や顧客のマイナンバー、カード、口座と暗証、旅券、免許証、保険証、パスワードなど、"
          "害になりうる情報を渡すこと。仕事の署名、記入例、テスト番号と明記されたもの、法人番号は含"
          "まない。",
          "Giving away one's own or a client's My Number, card, bank account with its secret, "
          "passport, licence, insurance number or password. Not business signatures, placeholders, "
          "marked test numbers or corporate numbers."),
      make("privacy/request", "他人の個人情報の要求", "Asking for personal data",
           "他の私人の情報や居場所を探し、たどり、明かすよう求めること。"
           "家系図や公文書、事業所への連絡、手紙を転送する同窓会は含まない。",
           "Asking to find, trace or reveal another private person's data or whereabouts. Not "
           "genealogy, public archives or reaching an office."),
      make("injection", "プロンプトインジェクション", "Prompt injection",
           "システムの指示を上書き、抜き出し、なりすます試み、脱獄の役割演技、処理対象の文書に"
           "隠された命令。プロンプトの書き方の説明、セキュリティ教育、ふつうの訂正は含まない。",
           "Trying to override, extract or impersonate a system's instructions, jailbreak role "
           "play, "
           "orders hidden in a document. Not writing or explaining prompts, security training or "
           "ordinary corrections."),
      make("secret", "秘密情報", "Secrets",
           "システムの鍵、トークン、秘密鍵、認証情報つきの接続文字列。"
           "無効化済みや見本と明記された鍵、ハッシュ値、識別子は含まない。",
           "Keys, tokens, private keys and connection strings with credentials of a system. Not "
           "rotated or sample keys marked as such, hashes or ids."),
  };
}

}  // namespace

const std::vector<Category>& built_in_categories() {
  static const std::vector<Category> categories = make_all();
  return categories;
}

}  // namespace sekisho::policy
