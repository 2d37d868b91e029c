"""The Russian words for states, outcomes and troubles, the same in the terminal and in a chat. Pure."""

from monitor.models import Outcome
from monitor.outgoing import DeliveryState
from monitor.vitals import Trouble

STATES = {
    DeliveryState.PENDING: "ждёт отправки",
    DeliveryState.SENDING: "отправляется",
    DeliveryState.SENT: "отправлено",
    DeliveryState.UNCERTAIN: "неясно, ушло ли",
    DeliveryState.REJECTED: "Telegram отверг",
    DeliveryState.CANCELLED: "снято",
    DeliveryState.DIGESTED: "вошло в сводку",
}

OUTCOMES = {
    Outcome.POSTED: "начало новой истории: пост в канал",
    Outcome.JOINED: "ещё одно изложение истории, о которой уже рассказано",
    Outcome.REVIEW: "отдано редактору",
    Outcome.REJECTED: "редактор отклонил",
    Outcome.UNMATCHED: "не подошло ни одной теме",
    Outcome.VETOED: "правилу запретило слово из none",
    Outcome.BASELINE: "уже стояло в ленте, когда бот увидел её впервые",
    Outcome.TOO_OLD: "старая новость всплыла снова",
    Outcome.DUPLICATE: "та же статья ещё раз",
}

TROUBLES = {
    Trouble.FAILING: "не отвечает",
    Trouble.SILENT: "молчит дольше обычного",
    Trouble.GAP: "сменилась целиком между опросами",
    Trouble.BARE: "страницы без текста",
    Trouble.AWAY: "читается по запасному адресу",
    Trouble.LYING: "врёт, что не менялась",
}
