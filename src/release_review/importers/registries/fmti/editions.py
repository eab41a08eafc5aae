"""The editions of the index: which model each report is about, and what its indicators are called.

The tables name companies and no models. Each company is scored for one flagship model, which the index names in its
papers. For an edition or a company that is not here, the id of the release says flagship, and the name is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

MODELS: Mapping[tuple[str, str], str] = {
    ("May2024", "adept"): "Fuyu-8B",
    ("May2024", "ai21"): "Jurassic-2",
    ("May2024", "aleph-alpha"): "Luminous Supreme",
    ("May2024", "amazon"): "Titan Text",
    ("May2024", "anthropic"): "Claude 3",
    ("May2024", "bigcode"): "StarCoder",
    ("May2024", "google"): "Gemini 1.0 Ultra",
    ("May2024", "ibm"): "Granite 13B",
    ("May2024", "meta"): "Llama 2",
    ("May2024", "microsoft"): "Phi-2",
    ("May2024", "mistral"): "Mistral 7B",
    ("May2024", "openai"): "GPT-4",
    ("May2024", "stabilityai"): "Stable Video Diffusion",
    ("May2024", "writer"): "Palmyra-X",
    ("Dec2025", "ai21"): "Jamba 1.6",
    ("Dec2025", "alibaba"): "Qwen3",
    ("Dec2025", "amazon"): "Nova Premier",
    ("Dec2025", "anthropic"): "Claude 4",
    ("Dec2025", "deepseek"): "DeepSeek-R1",
    ("Dec2025", "google"): "Gemini 2.5 Pro",
    ("Dec2025", "ibm"): "Granite 3.3",
    ("Dec2025", "meta"): "Llama 4",
    ("Dec2025", "midjourney"): "Midjourney V7",
    ("Dec2025", "mistral"): "Mistral Medium 3",
    ("Dec2025", "openai"): "o3",
    ("Dec2025", "writer"): "Palmyra X5",
    ("Dec2025", "xai"): "Grok 3",
}
"""The flagship model of each developer, by edition and developer, as the company's own report names it.

Sources: Bommasani et al. 2024, arXiv:2407.12929; Wan et al. 2025, The 2025 Foundation Model Transparency Index.
"""

OPEN_WEIGHTS = "Open weights"
FULL_ACCESS = "Full external model access"
"""Indicator 41, in 2025 and in 2024: the one whose score tells how things are, and not only what is said of them."""

BLACK_BOX = "Blackbox external model access"
"""Indicator 40 of 2024: whether anybody outside can query the model."""

LICENCE = "License"
MODEL_SIZE = "Model size"
COMPUTE = "Compute usage"
MODALITIES = ("Input modality", "Output modality")
"""Indicators of 2024 whose disclosure may be nothing but the answer."""

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "Code access": ("training_code", "inference_code"),
    "Capabilities evaluation": ("evaluation_results",),
    "Evaluation of capabilities": ("evaluation_results",),
}
"""Indicators whose point is given for a release only, and the components that are released then."""

REPORTING = "Misuse incident reporting protocol"
"""The point is given for a way to report misuse, and not for saying that there is none."""

USE_POLICY: Mapping[str, str] = {
    "AUP enforcement process": "enforcement",
    "Usage policy enforcement": "enforcement",
    "Permitted, restricted, and prohibited uses": "prohibited_uses",
}
"""The point is given as well for saying that nothing is enforced, or that nothing is prohibited."""

ALIASES: Mapping[str, str] = {
    "Detection of machine-generated content": "Machine-generated content",
    "Model License": LICENCE,
    "Third party risks evaluation": "Third-party risks evaluation",
}
"""How the reports of 2024 call indicators that its tables call otherwise."""

CLAIMS: Mapping[str, str] = {
    "Specialized access": "access",
    "External model access protocol": "access",
    "Release stages": "access",
    "Release process": "access",
    "Top distribution channels": "access",
    "Distribution channels": "access",
    "Terms of use": "licence",
    LICENCE: "licence",
    "Distribution channels with usage data": "monitoring",
    "Monitoring mechanism": "monitoring",
    "AUP enforcement process": "monitoring",
    "Usage policy enforcement": "monitoring",
    "Versioning protocol": "rescinding access",
    "Deprecation policy": "rescinding access",
    "Risks taxonomy": "step 1, threat identification",
    "Risks description": "step 1, threat identification",
    "Risks evaluation": "step 4, marginal risk",
    "Intentional harm evaluation": "step 4, marginal risk",
    "Pre-deployment risk evaluation": "independent evidence",
    "External risk evaluation": "independent evidence",
    "Third-party risks evaluation": "independent evidence",
    "Mitigations taxonomy": "step 5, ease of defense",
    "Mitigations taxonomy mapped to risk taxonomy": "step 5, ease of defense",
    "Mitigations description": "step 5, ease of defense",
    "Mitigations efficacy": "step 5, ease of defense",
    "Mitigations evaluation": "step 5, ease of defense",
    "Risk thresholds": "thresholds",
    "Security incident reporting protocol": "incidents",
    REPORTING: "incidents",
    "Feedback mechanisms": "feedback",
    "Feedback mechanism": "feedback",
    "External developer mitigations": "delegated safeguards",
    "Documentation for responsible use": "delegated safeguards",
    "Documentation for responsible downstream use": "delegated safeguards",
}
"""Indicators that are kept as claims, and what each is about. They name no misuse vector: no threat comes of them."""
