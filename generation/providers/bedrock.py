"""Amazon Bedrock: Stability's picture models behind an AWS account; the one module that imports boto3.

Facts from botocore 1.44.5 and LiteLLM 1.109.1, read 2026-11-22. Amazon's own picture models have ended (Titan in
June, Nova Canvas in September 2026). Which Stability model a region still has is asked for by `check`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import boto3
from botocore import exceptions as aws
from botocore.config import Config

from generation.providers.answers import inside, number, objects, text, texts
from generation.providers.base import Capabilities, Finished, ImageSpec, Picture, Provider, Secret
from generation.providers.egress.http import ANSWER_BYTES
from generation.providers.egress.redaction import redact
from generation.providers.encoding import decoded, encoded
from generation.providers.errors import (
    BadAnswer,
    Charged,
    ModelGone,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stage,
    Unauthorized,
    Unavailable,
    Unclear,
)
from generation.providers.options import NO_KEY

NOT_SENT = (aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.SSLError, aws.ProxyConnectionError)
NO_ACCOUNT = (aws.NoCredentialsError, aws.PartialCredentialsError, aws.TokenRetrievalError)
NO_KEY_CODES = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)


@dataclass(frozen=True)
class BedrockOptions:
    """With empty keys boto3 finds its own: the role of the machine, the usual variables and files."""

    region: str
    access_key_id: Secret = NO_KEY
    secret_access_key: Secret = NO_KEY
    session_token: Secret = NO_KEY
    endpoint_url: str = ""  # a VPC endpoint, or a stand-in


@dataclass(frozen=True)
class BedrockExtra:
    """`strength` says how far the result may leave the picture sent along: 0 not at all, 1 wholly."""

    strength: float = 0.6


class Bedrock(Provider):
    """One picture per call, made while the line is held; nothing can be resumed."""

    key = "bedrock"
    label = "Amazon Bedrock"
    capabilities = Capabilities(seed=True, negative=True, references=True)
    Options = BedrockOptions
    Extra = BedrockExtra

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished:
        body = self.build(spec)
        with self.explained():
            answer = self._runtime.invoke_model(
                modelId=spec.model.id,
                body=json.dumps(body),
                contentType="application/json",
                accept="application/json",
                requestMetadata=json.dumps({"attempt": str(attempt)}),
            )
            data = _object(answer["body"].read(ANSWER_BYTES + 1))
            return self.parse(data, spec, text(answer, "ResponseMetadata", "RequestId"), body)

    def build(self, spec: ImageSpec) -> dict[str, Any]:
        """The body for one of Stability's models; pure."""
        body: dict[str, Any] = {"prompt": self.compose(spec), "output_format": "png"}
        if spec.negative:
            body["negative_prompt"] = spec.negative
        if spec.seed is not None:
            body["seed"] = spec.seed
        if not spec.references:
            return body | {"aspect_ratio": spec.ratio}
        body |= {"image": encoded(spec.references[0].data), "strength": self.extras(spec).strength}
        return body | ({"mode": "image-to-image"} if spec.model.settings.get("has_mode") else {})

    def parse(self, data: dict[str, Any], spec: ImageSpec, request_id: str, sent: dict[str, Any]) -> Finished:
        """What a good status means; a finish reason that is not null is a refusal all the same."""
        for reason in texts(data, "finish_reasons"):
            raise _stopped(reason, request_id, data)
        pictures = inside(data, "images")
        if not isinstance(pictures, list) or not pictures:
            raise BadAnswer("The answer holds no picture.", request_id=request_id, raw=data)
        seed = number(data, "seeds", 0)
        lost = tuple(f"{name} was not sent: {self.label} cannot carry it." for name in self.unsupported(spec))
        return Finished(
            pictures=tuple(Picture(decoded(one), number(data, "seeds", i)) for i, one in enumerate(pictures)),
            cost=self.quote(spec).amount,
            cost_basis="fixed",
            model_reported=spec.model.id,
            seed=seed,
            request_id=request_id,
            parameters_sent=redact(sent, self.secrets),
            parameters_in_effect={} if seed is None else {"seed": seed},
            raw=redact(data, self.secrets),
            warnings=lost,
        )

    def check(self) -> str:
        with self.explained():
            models = objects(self._catalogue.list_foundation_models(byOutputModality="IMAGE"), "modelSummaries")
        active = [one for one in models if inside(one, "modelLifecycle", "status") == "ACTIVE"]
        ending = [text(one, "modelId") for one in models if one not in active]
        words = f"Answers: {len(active)} picture models in {self.options.region}. Asking costs nothing."
        return f"{words} On their way out: {', '.join(ending)}." if ending else words

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns what boto3 raises into the closed tree, without keys."""
        try:
            yield
        except aws.ClientError as error:
            raise self._safe(by_code(error.response)) from None
        except NO_ACCOUNT as error:
            raise self._safe(Unauthorized(f"No usable AWS key was found. {error}")) from None
        except NOT_SENT:
            raise Unavailable("No connection to Bedrock could be made; nothing was sent.") from None
        except (aws.ParamValidationError, aws.NoRegionError, ValueError) as error:
            raise self._safe(Rejected(f"The request is not one that Bedrock takes. {error}")) from None
        except (aws.BotoCoreError, OSError) as error:
            how = type(error).__name__
            raise Unclear(f"The request was sent, but the answer was lost ({how}); it may be charged.") from None
        except ProviderError as error:
            raise self._safe(error) from None

    def _safe(self, error: ProviderError) -> ProviderError:
        error.words = redact(error.words, self.secrets)
        error.args = (error.words,)
        error.raw = redact(error.raw, self.secrets)
        return error

    @cached_property
    def _runtime(self) -> Any:
        return self._service("bedrock-runtime")

    @cached_property
    def _catalogue(self) -> Any:
        return self._service("bedrock")

    def _service(self, name: str) -> Any:
        """A client that sends once: boto3's own default is up to five times, each of which may be charged."""
        keys = (self.options.access_key_id, self.options.secret_access_key, self.options.session_token)
        access, secret, session = (key.reveal() or None for key in keys)
        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=self.client.connect,
            read_timeout=self.client.deadline,
            proxies={},
        )
        return boto3.session.Session().client(
            name,
            region_name=self.options.region,
            endpoint_url=self.options.endpoint_url or None,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            aws_session_token=session,
            config=config,
        )


def by_code(response: dict[str, Any]) -> ProviderError:
    """What an AWS error code stands for."""
    code, said = text(response, "Error", "Code"), text(response, "Error", "Message")
    status = inside(response, "ResponseMetadata", "HTTPStatusCode") or 0
    known: dict[str, Any] = {
        "request_id": text(response, "ResponseMetadata", "RequestId"),
        "raw": {"code": code, "message": said, "status": status},
    }
    if code in NO_KEY_CODES:
        return Unauthorized(f"AWS does not accept the key, or it has no right to this model. {said}", **known)
    if code == "ResourceNotFoundException" or "model identifier is invalid" in said:
        return ModelGone(f"Bedrock does not have this model here (any more). {said}", **known)
    if code in ("ThrottlingException", "ServiceQuotaExceededException", "TooManyRequestsException"):
        return RateLimited(f"Bedrock is asked too often. {said}", **known)
    if code == "ValidationException":
        # There is no code for a declined prompt; older picture models said it in these words (seen in public 2025).
        if "content filter" in said.lower():
            return Refused(f"Bedrock declined this wish. {said}", stage="input", **known)
        return Rejected(f"Bedrock did not accept the request. {said}", **known)
    if code == "ModelTimeoutException" or status in (408, 502, 504):
        return Unclear(f"Bedrock gave up waiting for the model; it may be charged. {said}", **known)
    if code in ("ServiceUnavailableException", "ModelNotReadyException"):
        return Unavailable(f"Bedrock is not ready. {said}", **known)
    if code == "ModelErrorException" or status >= 500:
        return Unavailable(f"Bedrock has trouble. {said}", charged="unknown", **known)
    return Rejected(f"Bedrock did not accept the request ({code}). {said}", **known)


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > ANSWER_BYTES:
        raise BadAnswer("The answer is larger than anything that was asked for.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise BadAnswer("The answer is not a JSON object.", raw=body[:2000].decode("utf-8", "replace"))
    return data


def _stopped(reason: str, request_id: str, data: dict[str, Any]) -> ProviderError:
    """A finish reason such as "Filter reason: prompt"; the wording is not published (seen in LiteLLM, 2026-11)."""
    said = reason.lower()
    if "filter" not in said:
        return BadAnswer(f"Bedrock could not make this picture. {reason}", request_id=request_id, raw=data)
    stage: Stage = "output" if "output" in said else "input"
    words = f"Bedrock declined {'the finished picture' if stage == 'output' else 'this wish'}. {reason}"
    charged: Charged = "unknown" if stage == "output" else "no"
    return Refused(words, stage=stage, request_id=request_id, raw=data, charged=charged)
