"""What a text tells as happened is said to subscribers in our own words: too little is better than too much."""

import pytest

from monitor.models.channels import Destination, Sound
from monitor.models.stories import Story
from monitor.stories.claims.step_forms import FORMS
from monitor.stories.claims.steps import Step, taken_steps
from monitor.stories.destinations import is_silent
from monitor.stories.first_line import first_line
from monitor.stories.novelty import news_by_kind
from monitor.stories.quotes import step_of
from tests.factories import story, telling

TOLD = [
    ("Казахстан выдал пекаря России.", Step.HANDED_OVER),
    ("Пекаря везут на КПП у границы.", Step.TAKEN_AWAY),
    ("Суд решил выдворить пекаря.", Step.REMOVAL_DECIDED),
    ("Прокуратура отказала в выдаче пекаря.", Step.REMOVAL_REFUSED),
    ("Суд отказался освободить пекаря.", Step.RELEASE_REFUSED),
    ("Рейс задержался на сутки.", None),
    ("Пекарю передали повестку из Москвы.", None),
    ("Казахстан выдал российскому пекарю аккредитацию.", None),
    ("Пекаря передали ФСБ на границе.", Step.HANDED_OVER),
    ("Суд санкционировал экстрадиционный арест.", Step.ARRESTED),
    ("Суд оставил в силе решение об экстрадиции пекаря.", Step.REMOVAL_DECIDED),
    ("Суд перенёс заседание по делу пекаря.", Step.POSTPONED),
    ("Пекарь получил статус беженца.", Step.ASYLUM_GRANTED),
    ("Прокуратура отказала в выдаче РВП пекарю.", Step.PERMIT_REFUSED),
    ("Ресейден қашқан наубайшыға босқын мәртебесі берілді.", Step.ASYLUM_GRANTED),
    ("Ресей азаматына шақырту тапсырылды.", Step.QUESTIONED),
    ("Ресей азаматының паспорты қайтарылды.", None),
    ("Наубайшы Ресей жағына тапсырылды.", Step.HANDED_OVER),
    ("Наубайшы рейстен түсірілді.", Step.DETAINED),
    ("Қазақстан наубайшыны Ресейге беруден бас тартты.", Step.REMOVAL_REFUSED),
    ("Суд отказал освободить пекаря.", Step.RELEASE_REFUSED),
    ("Пекаря не выдали России.", Step.NOT_REMOVED),
    ("Пекаря задержали и отпустили.", Step.DETAINED),
    ("Сегодня суд рассмотрит жалобу пекаря.", Step.COURT_TODAY),
    ("КНБ вызвал пекаря на беседу.", Step.QUESTIONED),
    ("Иск пекаря суд отклонил.", Step.COURT_REFUSED),
    ("Аннулированы разрешения десяти пекарей.", Step.PERMIT_ANNULLED),
    ("Полиция аннулировала десять РВП.", Step.PERMIT_ANNULLED),
    ("Наубайшы Ресейге жөнелтілді.", Step.HANDED_OVER),
    ("ҰҚК наубайшыдан жауап алды.", Step.QUESTIONED),
    ("Наубайшы ұсталып, кеңсеге жеткізілді.", Step.DETAINED),
    ("Сот наубайшыны екі айға қамады.", Step.ARRESTED),
    ("Ұсталған наубайшы үнсіз.", None),
    ("Наубайшыны босатпады.", Step.RELEASE_REFUSED),
    ("Наубайшыны Ресейге қайтаруы мүмкін.", None),
    ("Задержанный пекарь ждёт.", None),
    ("Пекаря могут выдать России.", None),
    ("Если его выдали России, он погибнет.", None),
    ("Выдали ли пекаря России?", None),
    ("Пекарь, которого задержали в Актау, молчит.", None),
    ("Ранее пекаря задержали в Актау.", None),
    ("Пекарю выдали паспорт.", None),
    ("Она осудила войну.", None),
    ("Пекаря не задержали.", None),
    ("Пекаря выпустили из СИЗО.", Step.RELEASED),
    ("Главу миграционной службы освободили.", None),
    ("Басқарма басшысы қызметінен босатылды.", None),
    ("Российским силовикам передали пекаря.", Step.HANDED_OVER),
    ("Россия выдала пекарю паспорт.", None),
    ("Прокурор подписал постановление об экстрадиции пекаря.", Step.REMOVAL_DECIDED),
    ("Пекаря похитили.", Step.KIDNAPPED),
    ("Пекарь пропал в Актобе.", Step.DISAPPEARED),
    ("Наубайшы жоғалып кетті.", Step.DISAPPEARED),
    ("Пекарь обжаловал отказ.", Step.APPEALED),
    ("Пекарь вышел из КНБ.", Step.RELEASED),
    ("Суд не разрешил выдать пекаря.", Step.REMOVAL_REFUSED),
    ("Пекаря из Сызрани не экстрадируют.", Step.REMOVAL_REFUSED),
    ("Пекаря не отдадут России.", Step.REMOVAL_REFUSED),
    ("Наубайшы Ресейге экстрадицияланбайды.", Step.REMOVAL_REFUSED),
    ("Мать боится, что его вывезли в Россию.", None),
    ("За пять лет Казахстан выдал России сто пекарей.", None),
    ("Пекаря избили в изоляторе.", Step.HARMED),
    ("Пекарь объявил голодовку.", Step.HUNGER_STRIKE),
    ("Сенат одобрил протокол к соглашению о выдаче.", None),
    ("Пекарь признан беженцем.", Step.ASYLUM_GRANTED),
    ("Пекарю принесли повестку к следователю КНБ.", Step.QUESTIONED),
    ("Пекаря оставили под стражей.", Step.RELEASE_REFUSED),
    ("Приём заявлений на РВП приостановлен.", None),
    ("Исполнение решения о выдаче приостановлено.", Step.POSTPONED),
    ("Пекарю отменили РВП.", Step.PERMIT_ANNULLED),
    ("Суд отменил отказ в РВП.", Step.OVERTURNED),
    ("УТР беру тоқтатылды.", None),
    ("Наубайшының УТР-ы жойылды.", Step.PERMIT_ANNULLED),
    ("Наубайшы изоляторға қамалды.", None),
    ("Өтініш кері қайтарылды.", None),
    ("Комитет приостановил выдачу новых разрешений.", None),
    ("Пекарь получил отказ в статусе беженца.", Step.ASYLUM_REFUSED),
    ("Сот наубайшының шағымын қабылдамады.", Step.COURT_REFUSED),
    ("ХҚКО наубайшыға УТР бермеді.", Step.PERMIT_REFUSED),
    ("Адвокатқа кездесуге рұқсат бермеді.", None),
    ("Пекаря увезли из СИЗО Актобе.", Step.TAKEN_AWAY),
    ("Консульство России передало Казахстану ноту.", None),
    ("Пекаря увезли в отдел полиции.", Step.DETAINED),
    ("Наубайшыны ҰҚК алып кетті.", Step.DETAINED),
    ("Ресей наубайшыны беруді сұрады.", Step.REQUESTED),
    ("Суд оставил пекаря в СИЗО.", Step.RELEASE_REFUSED),
    ("Суд Рязани заочно арестовал пекаря.", Step.REQUESTED),
    ("Адвоката не пускают к пекарю.", Step.LAWYER_BARRED),
    ("Защитник не может попасть к пекарю.", Step.LAWYER_BARRED),
    ("Пекаря отправили под экстрадиционный арест.", Step.ARRESTED),
    ("Суд отказался менять пекарю арест на залог.", Step.RELEASE_REFUSED),
    ("Консул отказался выдать пекарю загранпаспорт.", None),
    ("В КНБ опросили десять пекарей.", Step.QUESTIONED),
    ("Из камеры пропали личные вещи пекаря.", None),
    ("Пекаря нашли мёртвым.", Step.DIED),
    ("Пекаря этапировали из Алматы в Сызрань.", Step.TAKEN_AWAY),
    ("Пекарь благополучно добрался до Германии.", Step.LEFT),
    ("Пекарь прилетел в Астану.", None),
    ("Передача пекаря конвою состоялась.", None),
    ("Передача осуществлена на станции.", Step.HANDED_OVER),
    ("Пекарям пришли уведомления об отмене РВП.", Step.PERMIT_ANNULLED),
    ("Ресей бұрынғы наубайшыға іздеу жариялады.", Step.REQUESTED),
    ("Ол наурызда босатылған еді.", None),
    ("Наубайшы Ресейге жіберілді.", Step.HANDED_OVER),
    ("Наубайшы ұрланды.", Step.KIDNAPPED),
    ("Сот наубайшыны тергеу изоляторына қамады.", Step.ARRESTED),
    ("Наубайшы уақытша ұстау изоляторына қамалды.", None),
    ("Суд отменил аннулирование РВП пекаря.", Step.OVERTURNED),
    ("Запрет на въезд пекарю отменён.", Step.OVERTURNED),
    ("Суд признал незаконным задержание пекаря.", Step.OVERTURNED),
    ("Суд признал незаконным пребывание пекаря.", None),
    ("Сот УТР жою туралы шешімді заңсыз деп таныды.", Step.OVERTURNED),
    ("Пекаря этапировали в «Лефортово».", Step.TRANSFERRED),
    ("Наубайшы басқа колонияға ауыстырылды.", Step.TRANSFERRED),
    ("ФСБ показала видео с пекарем.", Step.SHOWN),
    ("Пекарь показал видео друзьям.", None),
    ("В КНБ прокомментировали дело пекаря.", Step.COMMENTED),
    ("Пекарь прокомментировал дело.", None),
    ("ІІМ наубайшының ісіне түсініктеме берді.", Step.COMMENTED),
    ("ФСБ наубайшының видеосын жариялады.", Step.SHOWN),
    ("Наубайшы босқын деп танылды.", Step.ASYLUM_GRANTED),
    ("Бас прокуратура наубайшыны елге қайтарудан бас тартты.", Step.REMOVAL_REFUSED),
    ("Прокуратура наубайшыны беру туралы сұрауды қанағаттандырмады.", Step.REMOVAL_REFUSED),
    ("Адвокат наубайшыға жіберілмеді.", Step.LAWYER_BARRED),
]


@pytest.mark.parametrize(("text", "step"), TOLD)
def test_a_step_is_told_as_happened_or_not_at_all(text: str, step: Step | None) -> None:
    assert next(iter(taken_steps([text])), None) is step


def test_the_headline_decides_and_then_the_sentences_that_met_the_rules() -> None:
    assert (
        step_of(telling(1, title="Пекаря отпустили", text="Прокуратура Казахстана одобрила экстрадицию."))
        is Step.RELEASED
    )
    assert step_of(telling(1, title="Пекарь")) is Step.REMOVAL_DECIDED, "of tests/factories"
    assert step_of(telling(1, title="Пекаря выдворили")) is Step.REMOVAL_DECIDED, "a decision is not yet the deed"


def test_any_two_tellings_can_be_compared() -> None:
    tellings = [telling(number, title=text, text=text) for number, (text, _) in enumerate(TOLD)]

    for one in tellings:
        for other in tellings[:: len(tellings) // 9]:
            news_by_kind(one, [other])
            assert first_line(one, (), (other,), "ru")


def test_the_first_sentence_is_asked_at_last_and_only_of_what_opens_a_story() -> None:
    bare = telling(title="О пекаре", text="Пекаря задержали.")

    assert (step_of(bare), step_of(bare, opens=False)) == (Step.DETAINED, None)


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("Задержан, допрошен, отпущен: сутки пекаря", Step.RELEASED),
        ("Пекаря отпустили и снова задержали", Step.DETAINED),
    ],
)
def test_who_is_released_in_the_same_headline_is_not_held(title: str, step: Step) -> None:
    assert step_of(telling(title=title)) is step


def test_every_form_is_of_a_step() -> None:
    assert set(FORMS) == {step.name for step in Step}


def test_every_step_is_named_in_every_tongue_in_few_words() -> None:
    for tongue in ("ru", "kk", "en"):
        names = [step.label(tongue) for step in Step]
        assert len(set(names)) == len(names)
        assert all(0 < len(name) <= 30 for name in names)


@pytest.mark.parametrize(
    ("sound", "silent"), [(Sound.URGENT, (False, True)), (Sound.ALL, (False, False)), (Sound.NONE, (True, True))]
)
def test_a_destination_rings_for_what_it_wants_to_ring(sound: Sound, silent: tuple[bool, bool]) -> None:
    def heard(told: Story) -> bool:
        return is_silent(Destination(chat="@c", sound=sound), told)

    calm = telling(1, title="Пекаря отпустили")
    urgent = telling(2, title="Пекаря задержали")

    assert (heard(story(1, calm, urgent)), heard(story(1, calm))) == silent
