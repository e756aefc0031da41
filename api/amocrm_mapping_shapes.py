"""Shapes of the mapping of an amoCRM account: what may be saved, what a preview tells, sample deals."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Product = Literal["express", "flagman", "challenge3d", "intensive1d", "proftest"]
Target = Literal["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id", "referrer", "fbclid",
                 "page_link", "client_id"]


class PipelineBody(BaseModel):
    """What a pipeline sells."""

    model_config = ConfigDict(extra="forbid")

    pipeline_id: int = Field(ge=1, le=2**62)
    product: Product
    counts_as_sale: bool = True
    won_status_id: int = Field(142, ge=1, le=2**62, description="The stage that is a sale; 142 always is one.")
    list_price: float | None = Field(None, gt=0, le=999_999_999_999, description="A hint for people, never an amount.")
    prepayment_limit: float | None = Field(
        None, gt=0, le=999_999_999_999,
        description="Up to this amount a payment opens a sale that a later one closes, of all pipelines of the product "
                    "the greatest counts. null: paid at once; left out: as it is.")


class FieldBody(BaseModel):
    """Which custom field carries a mark."""

    model_config = ConfigDict(extra="forbid")

    target: Target
    kind: Literal["id", "code", "name"]
    value: str = Field(min_length=1, max_length=255)
    position: int = Field(0, ge=0, le=1000, description="The smaller is asked first.")


class MappingBody(BaseModel):
    """The whole mapping. A target without fields follows the defaults of the program."""

    model_config = ConfigDict(extra="forbid")

    pipelines: list[PipelineBody] = Field(max_length=500)
    fields: list[FieldBody] = Field([], max_length=500)
    version: int | None = Field(None, description="Of the mapping it was made from; another one is a conflict.")


class PipelineChange(BaseModel):
    """A pipeline whose deals would count no longer, not yet, or otherwise."""

    pipeline_id: int
    deals: int
    events: int
    change: Literal["left_out", "taken_in", "no_sales", "sales", "product", "won_stage",
                    "prepayment"]


class ChangedDeal(BaseModel):
    """A deal whose marks would be read otherwise."""

    deal_id: int
    name: str | None
    before: dict[str, str]
    after: dict[str, str]


class FieldsPreview(BaseModel):
    """What the fields would say of the newest stored events."""

    events: int
    with_marks_before: int
    with_marks_after: int
    changed: int
    lost: int
    deals: list[ChangedDeal]


class MappingPreview(BaseModel):
    """What a mapping would leave out and take in, before it is saved."""

    changes: list[PipelineChange]
    deals_left_out: int
    events_skipped: int
    fields: FieldsPreview
    mapping: MappingBody


class SampleField(BaseModel):
    """A custom field of a deal."""

    id: int
    name: str | None
    code: str | None
    value: str


class SampleDeal(BaseModel):
    """A deal as amoCRM tells it."""

    deal_id: int
    name: str | None
    pipeline_id: int | None
    status_id: int | None
    fields: list[SampleField]


class SamplesAnswer(BaseModel):
    """Some deals with their fields; ``source`` says where they are from."""

    source: Literal["stored", "account"]
    rows: list[SampleDeal]


class MappingSaved(BaseModel):
    """The mapping stands; the run settles the deals by it."""

    run_id: str
