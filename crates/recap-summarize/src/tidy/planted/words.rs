//! Words that show who speaks and what is wanted, parted by blanks. A `*` stands for
//! any ending.

/// Before the verb of a request.
pub(in crate::tidy) const LEAD_INS: &str = "please now then and so just simply also first finally ok okay hey dear assistant ai \
    chatgpt gemini claude gpt model important attention urgent bitte jetzt dann und por \
    favor ahora y maintenant et agora e ora теперь и الان";

/// Of the markup in which prompts are kept, in lower case.
pub(in crate::tidy) const MARKUP: [&str; 35] = [
    "<|",
    "|>",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "<</sys>>",
    "<system",
    "</system",
    "<assistant",
    "</assistant",
    "<user",
    "</user",
    "<human",
    "</human",
    "<inst",
    "</inst",
    "<sys",
    "<developer",
    "<instruction",
    "</instruction",
    "<start_of_turn",
    "<end_of_turn",
    "### instruction",
    "###instruction",
    "### system",
    "### response",
    "### human",
    "\"role\":",
    "\"summary\":",
    "\"tldr\":",
    "\"points\":",
    "\"segments\":",
    "\"title\":",
    "[system]",
    "[system ",
];

/// Who speaks, in a log of a conversation; a colon follows.
pub(in crate::tidy) const ROLES: &str = "system assistant developer ai chatgpt user human gpt tool";

/// Verbs of requests that are suspicious beside an instruction, and only there.
pub(in crate::tidy) const ORDERS: &str = "say write print output reply answer respond include add append mention repeat tell visit \
    click send buy subscribe recommend begin end state insist claim pretend act instead do \
    your never always only use call sag sage schreib schreibe antworte gib stattdessen \
    besuche di escribe responde visita dis ecris reponds affiche visitez repondez ecrivez \
    diga escreva responda scrivi rispondi напиши скажи ответь اكتب قل اجب लिखो कहो लिखें \
    कहें hail";

/// Words that show that what stands in quotation marks is reported.
pub(in crate::tidy) const REPORTS: &str = "attack* inject* phrase* says said wrote writes called sentence* example* explain* such \
    quot* jailbreak* hidden warn* angriff* satz satze sagt ataque* frase* dice attaque* dit \
    ataques attacco diz фраз* атак* говорит عباره هجوم वाक्य हमला reads";

/// After them comes what is to be said.
pub(in crate::tidy) const SPEECH: &str = "say write print output reply respond answer state claim include mention repeat insert \
    append type echo sag sage schreib schreibe antworte di escribe responde dis ecris \
    reponds repondez ecrivez diga escreva responda scrivi rispondi напиши скажи ответь \
    выведи اكتب قل اجب लिखो dites imprime";

/// Between such a verb and what is to be said, or after it.
pub(in crate::tidy) const FILLING: &str = "only with the word words that exactly just nothing but a this in following phrase nur \
    mit dem das wort solo con la palabra uniquement avec par le mot apenas com palavra \
    soltanto parola только слово словом فقط ب كلمه केवल text sentence and to at instead e o \
    y und";
